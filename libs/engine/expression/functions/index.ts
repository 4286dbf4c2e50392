import { conversionFunctions } from './conversion.functions.js';
import { listFunctions } from './list.functions.js';
import { numberFunctions } from './number.functions.js';
import type { LanguageFunction } from './signature.js';
import { textFunctions } from './text.functions.js';
import { timeFunctions } from './time.functions.js';

export { checkArguments, countProblem, wrongKind, type LanguageFunction } from './signature.js';

/** Every function of the language, by name. */
export const functions: ReadonlyMap<string, LanguageFunction> = new Map(
  Object.entries({ ...conversionFunctions, ...listFunctions, ...numberFunctions, ...textFunctions, ...timeFunctions }),
);
