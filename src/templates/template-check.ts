import {
  checkParameters,
  checkParameterUse,
  fillDefaults,
  type Graph,
  type NodeTypes,
  type ParameterFinding,
  type TemplateParameter,
} from '#engine';
import type { Caller } from '#runtime';
import type { SentGraph, ValidationAnswer } from '#validation';
import type { CallerValidator } from '../definitions/caller-validator.js';
import type { ValidationDto } from '../definitions/definition.dto.js';
import { refuseMalformed } from '../definitions/graph-check.js';

export interface CheckedTemplate {
  /** Canonical, with its parameters still in it. */
  readonly graph: Graph;
  readonly validation: ValidationDto;
}

/**
 * The validator, as it is asked about templates.
 *
 * 1. A graph is looked at as it would run with the defaults; what has none is an expression whose value nobody knows.
 * 2. What is wrong with the parameters is a finding of the structure.
 */
export class TemplateCheck {
  constructor(
    private readonly validator: CallerValidator,
    private readonly types: NodeTypes,
  ) {}

  /** Throws a 400 where it is no graph at all. */
  check(sent: SentGraph, parameters: readonly TemplateParameter[], caller: Caller): CheckedTemplate {
    const raw = this.validator.own(sent, caller, 'save');
    refuseMalformed(raw);
    const graph = raw.graph!;
    const declared = checkParameters(parameters);
    const first = raw.toApiResponse();
    if (declared.length > 0 || parameters.length === 0)
      return {
        graph,
        validation: withFindings(first, [...declared, ...checkParameterUse(graph, parameters, this.types)]),
      };
    const { nodes, edges } = fillDefaults(graph, parameters, this.types);
    const filled = this.validator.own({ ...sent, nodes, edges } as unknown as SentGraph, caller, 'save');
    const aliases = first.warnings.filter(({ rule }) => rule === 'structure.alias');
    const answer = filled.toApiResponse();
    const whole = { ...answer, warnings: [...aliases, ...answer.warnings] };
    return { graph, validation: withFindings(whole, checkParameterUse(graph, parameters, this.types)) };
  }
}

/** Rule 2. */
function withFindings(answer: ValidationAnswer, findings: readonly ParameterFinding[]): ValidationDto {
  const { structure } = answer.validation;
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const valid = answer.valid && errors.length === 0;
  const inLayer = (some: readonly ParameterFinding[]) => some.map(({ layer: _, ...finding }) => finding);
  return {
    ...answer,
    valid,
    is_valid: valid,
    validation: {
      ...answer.validation,
      structure: {
        ...structure,
        valid: structure.valid && errors.length === 0,
        errors: [...inLayer(errors), ...structure.errors],
        warnings: [...inLayer(warnings), ...structure.warnings],
      },
    },
    errors: [...errors, ...answer.errors],
    warnings: [...warnings, ...answer.warnings],
  } as unknown as ValidationDto;
}
