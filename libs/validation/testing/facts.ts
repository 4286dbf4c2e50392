import type { JsonObject } from '#plugin-sdk';
import type { LayeredIssue, RequestBounds, ServerFacts, ValidatorOptions } from '../index.js';
import { WorkflowValidator } from '../index.js';
import { graphOf, type Sketch } from './checked.js';
import { sampleTypes } from './sample-types.js';

type Model = ServerFacts['models'][number];

export const model = (name: string, features: Partial<Model['features']> = {}, standard = false): Model => ({
  provider: 'local',
  model: name,
  default: standard,
  features: { tools: true, structured_output: true, streaming: true, ...features },
  answer_price: 10,
});

/** A server with two models, `able` and `plain`, of which the second can do nothing, and two tools. */
export const facts = (more: Partial<ServerFacts> = {}): ValidatorOptions => ({
  facts: () => ({
    providers: ['local'],
    models: [
      model('able', {}, true),
      model('plain', { tools: false, structured_output: false, streaming: false, images: false }),
    ],
    tools: [{ name: 'calculator' }, { name: 'current_time' }],
    permissionsOf: () => null,
    ...more,
  }),
});

/** What one rule finds in a graph that came with a request of these bounds. */
export function foundFor(
  rule: string,
  sketch: Sketch,
  bounds: RequestBounds,
  options: ValidatorOptions = facts(),
): readonly LayeredIssue[] {
  const sent = graphOf(sketch) as unknown as JsonObject;
  const { errors, warnings } = new WorkflowValidator(sampleTypes, options)
    .validate(sent, 'usr_1', 'execute', bounds)
    .toApiResponse();
  return [...errors, ...warnings].filter((issue) => issue.rule === rule);
}
