import { describe, expect, it } from '@jest/globals';
import { WorkflowValidator } from '../index.js';
import { graphOf, withConfig } from '../testing/checked.js';
import { facts } from '../testing/facts.js';
import { sampleTypes } from '../testing/sample-types.js';

describe('security.tool_not_allowed', () => {
  const with_ = (allowedTools: readonly string[] | null) =>
    new WorkflowValidator(sampleTypes, facts())
      .validate({ ...graphOf(withConfig('ask_model', { tools: ['calculator'] })) }, 'usr', 'execute', { allowedTools })
      .toApiResponse()
      .errors.filter(({ rule }) => rule === 'security.tool_not_allowed');

  it('refuses a tool that the request does not allow', () => {
    expect(with_(['current_time'])).toMatchObject([{ layer: 'security', path: '/nodes/1/data/config/tools/0' }]);
    expect(with_(['calculator'])).toEqual([]);
    expect(with_(null)).toEqual([]);
  });
});
