import { Agent, request } from 'undici';

/** One at a time, over one kept connection: times in ms. */
export async function oneAtATime(target, count) {
  const dispatcher = new Agent({ connections: 1 });
  const times = [];
  for (let at = 0; at < count; at += 1) {
    const before = performance.now();
    await send(target, dispatcher);
    times.push(performance.now() - before);
  }
  await dispatcher.close();
  times.sort((left, right) => left - right);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return {
    mean: times.reduce((sum, time) => sum + time, 0) / times.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
  };
}

/** So many at once for so long, each caller with the next as soon as it has its answer: executions per second. */
export async function manyAtOnce(target, callers, seconds) {
  const dispatcher = new Agent({ connections: callers, pipelining: 1 });
  const until = performance.now() + seconds * 1_000;
  const before = performance.now();
  let done = 0;
  const caller = async () => {
    while (performance.now() < until) {
      await send(target, dispatcher);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const perSecond = (done * 1_000) / (performance.now() - before);
  await dispatcher.close();
  return { done, perSecond };
}

async function send({ url, headers, body, expect }, dispatcher) {
  const answer = await request(url, { method: 'POST', headers, body, dispatcher });
  const text = await answer.body.text();
  if (answer.statusCode !== 200 || !text.includes(expect))
    throw new Error(`${answer.statusCode} ${text.slice(0, 500)}`);
}
