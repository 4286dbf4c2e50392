const typeNames: Readonly<Record<string, string>> = {
  bool: 'bool',
  double: 'double',
  duration: 'duration',
  int: 'double',
  list: 'list',
  map: 'map',
  null_type: 'null_type',
  string: 'string',
  timestamp: 'timestamp',
  uint: 'double',
};

/** What `type()` gives can be named: `type(x) == string`. */
export const isTypeName = (name: string): boolean => Object.hasOwn(typeNames, name);

/** What `type()` gives for a value of that type; numbers are doubles. */
export const typeNamed = (name: string): string => typeNames[name]!;
