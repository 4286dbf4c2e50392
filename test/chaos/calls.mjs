/** Executions whose every step changes something outside, and what became of them. */

/** A definition of so many calls, one after the other. */
export function callsInARow(upstream, steps) {
  const ids = Array.from({ length: steps }, (_, at) => `s${at}`);
  const call = (id) => ({
    id,
    type: 'http_request',
    data: { config: { url: `${upstream.url}/${id}`, method: 'POST', body: { step: id } } },
  });
  const all = ['start', ...ids, 'end'];
  return {
    name: `${steps} calls`,
    nodes: [{ id: 'start', type: 'start' }, ...ids.map(call), { id: 'end', type: 'end' }],
    edges: all.slice(1).map((target, at) => ({ source: all[at], target })),
  };
}

/**
 * Compares the history of an execution with what its target has seen.
 *
 * 1. What was accepted completes by itself.
 * 2. The target saw no call for a step that had been recorded as completed.
 * 3. One key for each step, whatever the attempts.
 * 4. Every history verifies as a chain, and ends once.
 */
export class Examiner {
  counts = {
    completed: 0,
    lost: 0,
    steps: 0,
    calls: 0,
    repeated: 0,
    driversTaken: 0,
    afterCompletion: 0,
    wrongKeys: 0,
    secondEnds: 0,
    brokenChains: 0,
  };

  constructor(api, upstream, steps, patienceMs) {
    Object.assign(this, { api, upstream, steps, patienceMs });
  }

  async examine(url, id) {
    const result = await this.ended(url, id);
    if (result === null) return void (this.counts.lost += 1); // rule 1
    if (result.status === 'completed') this.counts.completed += 1;
    const { body: verified } = await this.api.call(url, 'GET', `/workflows/executions/${id}/verify`);
    if (!verified.valid) this.counts.brokenChains += 1;
    const { body: history } = await this.api.call(url, 'GET', `/workflows/executions/${id}/events`);
    const of = (type) => history.events.filter((event) => event.type === type);
    this.counts.driversTaken += of('DriverTaken').length;
    const ends = ['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCancelled'].flatMap(of);
    this.counts.secondEnds += ends.length - 1; // rule 4
    if (result.status !== 'completed') tellHistory(id, history);
    const completedAt = new Map(of('StepCompleted').map(({ data, at }) => [data.path, Date.parse(at)]));
    for (let step = 0; step < this.steps; step += 1) this.examineStep(`${id}/s${step}`, completedAt.get(`s${step}`));
    const keys = [...this.upstream.calls.keys()].filter((key) => key.startsWith(`${id}/`));
    this.counts.wrongKeys += keys.length - this.steps; // rule 3
  }

  get violations() {
    const { lost, afterCompletion, wrongKeys, secondEnds, brokenChains } = this.counts;
    return lost + afterCompletion + wrongKeys + secondEnds + brokenChains;
  }

  examineStep(key, completedAt) {
    const call = this.upstream.calls.get(key);
    this.counts.steps += 1;
    if (!call) return void (this.counts.wrongKeys += 1);
    this.counts.calls += call.times.length;
    this.counts.repeated += call.times.length - 1;
    this.counts.afterCompletion += call.times.filter((at) => completedAt !== undefined && at > completedAt).length; // rule 2
  }

  /** Null: the server does not know it, or it did not end in time. */
  async ended(url, id) {
    const until = Date.now() + this.patienceMs;
    while (Date.now() < until) {
      const { status, body } = await this.api.call(url, 'GET', `/workflows/executions/${id}`);
      if (status === 404) return null;
      if (body.success !== null) return body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return null;
  }
}

/** For whoever has to find out why. */
function tellHistory(id, { events }) {
  console.error(`${id} did not complete:`);
  for (const { type, at, data } of events) console.error(`  ${at} ${type} ${JSON.stringify(data).slice(0, 200)}`);
}
