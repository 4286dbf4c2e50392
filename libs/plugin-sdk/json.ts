/** What JSON can say, and nothing else: the only values that reach an event. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** A JSON Schema (2020-12) as the descriptors carry it: draws the editor's form and checks a resolved config. */
export type JsonSchema = JsonObject;
