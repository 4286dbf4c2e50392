import type { JsonObject, JsonValue } from '#plugin-sdk';
import { isHostKey } from '../expression/value.js';
import { didYouMean } from '../graph/did-you-mean.js';

export const parameterTypes = ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const;
export type ParameterType = (typeof parameterTypes)[number];

/** What a template asks for. In its graph it is read as `params.<name>`. */
export interface TemplateParameter {
  readonly name: string;
  readonly type: ParameterType;
  /** Must be given. Default: false. */
  readonly required: boolean;
  /** What it is where it is not given; null: it is missing then. */
  readonly default: JsonValue;
  /** Takes the name of a secret, and is read as that secret. Default: false. */
  readonly secret: boolean;
  readonly description: string;
}

/** What is wrong with a template or with what it is filled with, as the wire has it. */
export interface ParameterFinding {
  readonly rule: string;
  readonly message: string;
  readonly node_id: string | null;
  readonly edge_id: string | null;
  readonly path: string;
  readonly severity: 'error' | 'warning';
  readonly layer: 'structure';
}

export const parameterFinding = (
  rule: string,
  path: string,
  message: string,
  at: { readonly node_id?: string; readonly edge_id?: string } = {},
): ParameterFinding => ({
  rule: `structure.${rule}`,
  message,
  node_id: at.node_id ?? null,
  edge_id: at.edge_id ?? null,
  path,
  severity: 'error',
  layer: 'structure',
});

/** A parameter is read in expressions by its name. */
const parameterName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const secretName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
export const MOST_PARAMETERS = 100;

/**
 * What is wrong with the parameters that a template declares.
 *
 * 1. A name is one of an expression, and declared once.
 * 2. A default is of the parameter's type.
 * 3. What must be given has no default; the default of a secret is the name of one.
 */
export function checkParameters(parameters: readonly TemplateParameter[]): readonly ParameterFinding[] {
  const wrong = (path: string, message: string) => parameterFinding('parameter_declaration', path, message);
  if (parameters.length > MOST_PARAMETERS)
    return [wrong('/parameters', `There are ${parameters.length} parameters; ${MOST_PARAMETERS} are possible.`)];
  const names = parameters.map(({ name }) => name);
  return parameters.flatMap((parameter, at) => {
    const { name, required } = parameter;
    const path = `/parameters/${at}`;
    const found: ParameterFinding[] = [];
    if (!parameterName.test(name) || isHostKey(name))
      found.push(wrong(`${path}/name`, `A parameter's name has letters, digits and _; "${name}" cannot be one.`));
    else if (names.indexOf(name) < at) found.push(wrong(`${path}/name`, `The parameter "${name}" is declared twice.`));
    if (parameter.secret && parameter.type !== 'string')
      found.push(wrong(`${path}/type`, `"${name}" takes the name of a secret: its type is string.`));
    if (parameter.default === null) return found;
    const problem = valueProblem(parameter, parameter.default);
    if (problem !== null) found.push(wrong(`${path}/default`, `The default of "${name}" ${problem}`));
    if (required)
      found.push(
        wrong(`${path}/default`, `"${name}" must be given, so that its default is never used: leave one out.`),
      );
    return found;
  });
}

/** What each parameter is; one that is missing is not there. */
export type ParameterValues = ReadonlyMap<string, JsonValue>;

/**
 * What the parameters are with these values.
 *
 * 1. What is null is not given; what is not given is its default.
 * 2. What must be given and is not, what nobody declared, and what is of another type are findings.
 */
export function readParams(
  parameters: readonly TemplateParameter[],
  params: JsonObject,
): { readonly values: ParameterValues; readonly findings: readonly ParameterFinding[] } {
  const values = new Map<string, JsonValue>();
  const findings: ParameterFinding[] = [];
  for (const parameter of parameters) {
    const given = Object.hasOwn(params, parameter.name) ? params[parameter.name]! : null;
    const value = given ?? parameter.default;
    const path = `/params/${parameter.name}`;
    const problem = value === null ? null : valueProblem(parameter, value);
    if (value === null && parameter.required)
      findings.push(parameterFinding('parameter_missing', path, missing(parameter)));
    else if (problem !== null)
      findings.push(parameterFinding('parameter_type', path, `The parameter "${parameter.name}" ${problem}`));
    else if (value !== null) values.set(parameter.name, value);
  }
  return { values, findings: [...findings, ...unknownParams(parameters, params)] };
}

function unknownParams(parameters: readonly TemplateParameter[], params: JsonObject): ParameterFinding[] {
  const names = parameters.map(({ name }) => name);
  return Object.keys(params)
    .filter((name) => !names.includes(name))
    .map((name) => parameterFinding('parameter_unknown', `/params/${pointed(name)}`, unknownParameter(name, names)));
}

/** 'There is no parameter "x".', with the one that was meant, or with all of them. */
export function unknownParameter(name: string, names: readonly string[]): string {
  const known = names.length === 0 ? ' The template has none.' : ` There is ${names.join(', ')}.`;
  return `There is no parameter "${name.slice(0, 100)}".${didYouMean(name, names) || known}`;
}

const missing = ({ name, type, description }: TemplateParameter): string =>
  `The parameter "${name}" must be given: ${article(type)}${description === '' ? '.' : ` (${description}).`}`;

function valueProblem({ type, secret }: TemplateParameter, value: JsonValue): string | null {
  if (!fits(type, value)) return `must be ${article(type)}; this is ${article(typeNameOf(value))}.`;
  if (secret && !secretName.test(value as string))
    return 'must be the name of a secret: letters, digits, "_", "-" and ".".';
  return null;
}

function fits(type: ParameterType, value: JsonValue): boolean {
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    case 'integer':
      return Number.isSafeInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeNameOf(value) === 'object';
  }
}

const typeNameOf = (value: JsonValue): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

const article = (type: string): string => (type === 'null' ? 'nothing' : `${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`);

const pointed = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
