import type { JsonObject } from '#plugin-sdk';
import type { Fact } from './history.js';

/** The attempts of each step, as the log tells them: when each began and how it ended. */
export async function attemptsIn(facts: AsyncIterable<Fact>): Promise<ReadonlyMap<string, readonly JsonObject[]>> {
  const attempts = new Map<string, Map<number, Record<string, JsonObject[string]>>>();
  const of = (path: string, attempt: number) => {
    const byNumber = attempts.get(path) ?? new Map<number, Record<string, JsonObject[string]>>();
    attempts.set(path, byNumber);
    const known = byNumber.get(attempt) ?? { attempt, started_at: null, ended_at: null, outcome: null, error: null };
    byNumber.set(attempt, known);
    return known;
  };
  for await (const { recorded, event } of facts) {
    const { at } = recorded.envelope;
    switch (event.type) {
      case 'StepStarted':
        Object.assign(of(event.data.path, event.data.attempt), {
          started_at: at,
          idempotency_key: event.data.idempotency_key,
        });
        break;
      case 'StepCompleted':
        Object.assign(of(event.data.path, event.data.attempt), { ended_at: at, outcome: 'succeeded' });
        break;
      case 'StepFailed':
        Object.assign(of(event.data.path, event.data.attempt), {
          ended_at: at,
          outcome: 'failed',
          error: { ...event.data.failure },
        });
        break;
      case 'StepUncertain':
        Object.assign(of(event.data.path, event.data.attempt), {
          ended_at: at,
          outcome: 'uncertain',
          error: { code: event.data.reason },
        });
        break;
      case 'StepCancelled':
        Object.assign(of(event.data.path, event.data.attempt), { ended_at: at, outcome: 'cancelled' });
        break;
    }
  }
  return new Map([...attempts].map(([path, byNumber]) => [path, [...byNumber.values()]]));
}
