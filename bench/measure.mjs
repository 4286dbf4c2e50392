import { setTimeout as after } from 'node:timers/promises';
import { client } from '../test/chaos/server.mjs';
import { manyAtOnce, oneAtATime } from './load.mjs';

/** A target, one at a time and many at once; of a server of ours, what each execution takes as well. */
export async function measure(target, { runs, atOnce, seconds }, server) {
  const single = await oneAtATime(target, runs);
  const before = server && (await health(server));
  const memory = server && watchMemory(server);
  const many = await manyAtOnce(target, atOnce, seconds);
  const peakMiB = await memory?.stop();
  return { single, many, peakMiB, ...(server && perExecution(before, await health(server), many.done)) };
}

function perExecution(before, after, done) {
  const per = (read) => (read(after) - read(before)) / done;
  return {
    cpuMs: per(({ process: { cpu_us } }) => (cpu_us.user + cpu_us.system) / 1_000),
    events: per(({ event_store }) => event_store.events),
    appends: per(({ event_store }) => event_store.works),
    commits: per(({ event_store }) => event_store.commits),
    queries: per(({ read_model: { projector, queries } }) => projector.statements + queries.statements),
  };
}

async function health({ url, apiKey }) {
  const answer = await fetch(`${url}/health`, { headers: { authorization: `Bearer ${apiKey}` } });
  return answer.json();
}

function watchMemory(server) {
  let stopped = false;
  const peak = (async () => {
    let highest = 0;
    while (!stopped) {
      highest = Math.max(highest, (await health(server)).process.rss_bytes);
      await after(250);
    }
    return highest / 1024 / 1024;
  })();
  return {
    stop() {
      stopped = true;
      return peak;
    },
  };
}

/** A definition, published, as a target for load. */
export async function published({ url, apiKey }, definition, expect) {
  const { status, body } = await client(apiKey).call(url, 'POST', '/workflows/definitions', definition);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return {
    url: `${url}/api/v1/workflows/execute`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ workflow_type: 'definition', definition_id: body.id, input_data: { n: 0 } }),
    expect,
  };
}

export function median(values) {
  const known = values.filter((value) => value !== undefined).sort((left, right) => left - right);
  return known[Math.floor(known.length / 2)];
}
