import type { JsonValue } from '../json.js';

/** What the editor and the schema say of a field. */
export interface FieldOptions {
  readonly label: string;
  /** One sentence under the field. */
  readonly help?: string;
  /** Filled in where nothing stands; the field need not be given then. */
  readonly default?: JsonValue;
  /** Least and most: of a number its value, of a text its length, of a list its size. */
  readonly min?: number;
  readonly max?: number;
  /** The values to choose from. */
  readonly options?: readonly JsonValue[];
  readonly placeholder?: string;
  /** Names that old graphs use for this field. */
  readonly aliases?: readonly string[];
  /** How the editor draws it, where the type does not say enough: `textarea`, `code`. */
  readonly widget?: string;
}

/** A class whose decorated properties are the fields of a config. */
export type ConfigClass<C = object> = new () => C;

/** What a list holds: a class of its own, or plain values. */
export type ListItem = 'string' | 'number' | 'integer' | 'boolean' | 'json' | (() => ConfigClass);

/** What the decorators of one field have said. */
export interface FieldNotes {
  options?: FieldOptions;
  literal?: boolean;
  condition?: boolean;
  secret?: boolean;
  takesSecrets?: boolean;
  json?: boolean;
  items?: ListItem;
  nested?: () => ConfigClass;
}

const notesOfClass = new WeakMap<object, Map<string, FieldNotes>>();

/** The label, help and bounds of a field. The type comes from the validators beside it, or from TypeScript. */
export const Field = (options: FieldOptions): PropertyDecorator => note({ options });

/** Takes no expressions: what stands there is what is meant. */
export const Literal = (): PropertyDecorator => note({ literal: true });

/** One CEL expression on the wire, with or without braces; a boolean in `execute`. */
export const Condition = (): PropertyDecorator => note({ condition: true });

/** Never shown again, logged or stored. */
export const Secret = (): PropertyDecorator => note({ secret: true });

/** Expressions in it may name secrets (`secrets.key`): what it comes to is sent, and never shown. */
export const TakesSecrets = (): PropertyDecorator => note({ takesSecrets: true });

/** Any JSON, as far as the validators beside it let through. */
export const Json = (): PropertyDecorator => note({ json: true });

/** A list of such items. */
export const ListOf = (items: ListItem): PropertyDecorator => note({ items });

/** An object with fields of its own. */
export const Nested = (nested: () => ConfigClass): PropertyDecorator => note({ nested });

/** The fields of a config class and of those it extends, in the order they were written. */
export function fieldsOf(config: ConfigClass): ReadonlyMap<string, FieldNotes> {
  const parent = Object.getPrototypeOf(config) as ConfigClass | null;
  const inherited = typeof parent === 'function' && parent.prototype !== undefined ? fieldsOf(parent) : [];
  return new Map([...inherited, ...(notesOfClass.get(config) ?? [])]);
}

function note(notes: FieldNotes): PropertyDecorator {
  return (prototype, key) => {
    const fields = notesOfClass.get(prototype.constructor) ?? new Map<string, FieldNotes>();
    notesOfClass.set(prototype.constructor, fields);
    fields.set(String(key), { ...fields.get(String(key)), ...notes });
  };
}
