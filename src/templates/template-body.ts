import { parameterTypes, type TemplateParameter } from '#engine';
import type { JsonValue } from '#plugin-sdk';
import { readMembers, type Members } from '../http/members.js';
import { Problem, type ProblemItem } from '../http/problem.js';
import type { SentTemplate } from './commands/save-template.command.js';
import type { WriteTemplateDto } from './template.dto.js';

const members: Members = {
  name: 'text',
  type: 'text',
  required: 'flag?',
  default: 'any?',
  secret: 'flag?',
  description: 'text?',
};

/** The `parameters` of a body, with what they leave out. Throws a 400 that names each fault. */
export function readParameters(sent: readonly unknown[] | null | undefined, path: string): TemplateParameter[] {
  const faults: ProblemItem[] = [];
  const parameters = (sent ?? []).map((one, at) => readParameter(one, `${path}/${at}`, faults));
  if (faults.length > 0) throw new Problem('invalid_request', faults[0]!.message, { errors: faults });
  return parameters;
}

function readParameter(sent: unknown, path: string, faults: ProblemItem[]): TemplateParameter {
  const read = readMembers(sent, members, path, faults);
  const { name, type, required = false, default: value = null, secret = false, description = '' } = read;
  if (typeof type === 'string' && !(parameterTypes as readonly string[]).includes(type))
    faults.push({
      rule: 'request.parameter_type',
      message: `A parameter's type is one of ${parameterTypes.join(', ')}; "${type.slice(0, 100)}" is none.`,
      path: `${path}/type`,
      severity: 'error',
    });
  return { name, type, required, default: value as JsonValue, secret, description } as TemplateParameter;
}

/** A whole template as it was sent, with what its body leaves out. */
export const sentTemplate = ({
  name,
  description,
  category,
  tags,
  is_public,
  nodes,
  edges,
  parameters,
}: WriteTemplateDto): SentTemplate => ({
  name,
  description: description ?? '',
  category: category ?? null,
  tags: tags ?? [],
  is_public: is_public ?? false,
  nodes,
  edges,
  parameters: readParameters(parameters, '/parameters'),
});
