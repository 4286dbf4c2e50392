/** Every bound of the expression language. An error caused by one names the bound. */

/** Longest source of one expression, in characters. Over it: `expression_too_large`. */
export const MAX_SOURCE_LENGTH = 4_096;

/** Most nodes in the syntax tree of one expression. Over it: `expression_too_large`. */
export const MAX_SYNTAX_NODES = 500;

/** Deepest nesting of the syntax tree; a chain of operators of one precedence counts once. Over it: `expression_too_large`. */
export const MAX_SYNTAX_DEPTH = 32;

/** Deepest nesting of all, exists, exists_one, map and filter within each other. Over it: `expression_too_large`. */
export const MAX_COMPREHENSION_NESTING = 2;

/** Longest list that an expression may make, in items. Over it: `expression_too_large`. */
export const MAX_LIST_LENGTH = 10_000;

/** Longest string that an expression or a text with expressions may make, in UTF-16 units (256 Ki). Over it: `expression_too_large`. */
export const MAX_STRING_LENGTH = 262_144;

/** Deepest nesting of a value that is compared, printed, parsed or made. Over it: `expression_too_large`. */
export const MAX_VALUE_DEPTH = 100;

/** Longest pattern of `matches`, in characters. Over it: `expression_too_large`. */
export const MAX_PATTERN_LENGTH = 256;

/** Largest compiled pattern of `matches`, in instructions of the automaton. Over it: `expression_too_large`. */
export const MAX_PATTERN_SIZE = 1_000;

/** Most Unicode classes (`\p{…}`) in a pattern of `matches`: they are dear to compile. Over it: `expression_too_large`. */
export const MAX_PATTERN_CLASSES = 8;

/**
 * Work that one expression may do, in units: one for each operation and each list item, one for about 64 characters
 * of string work; chosen so that the worst expression within the other bounds ends in 50 ms. Over it: `expression_too_costly`.
 */
export const MAX_WORK = 200_000;

/** Work that all expressions of one config may do together, in the same units. Over it: `expression_too_costly`. */
export const MAX_TEMPLATE_WORK = 4 * MAX_WORK;

/** Characters of string work that count as one unit. */
export const CHARACTERS_PER_UNIT = 64;

/** Parsed expressions that are kept for the next time they are asked for. */
export const MAX_CACHED_EXPRESSIONS = 500;

/** Compiled patterns of `matches` that are kept for the next time they are asked for. */
export const MAX_CACHED_PATTERNS = 100;
