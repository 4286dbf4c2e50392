/** One configuration for every suite: a spec beside its source, an end-to-end spec under test/. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/libs', '<rootDir>/src', '<rootDir>/plugins', '<rootDir>/test', '<rootDir>/bench'],
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@chatter/plugin-sdk/testing$': '<rootDir>/libs/plugin-sdk/testing/index.ts',
    '^@chatter/plugin-sdk$': '<rootDir>/libs/plugin-sdk/index.ts',
    '^#(.*)$': '<rootDir>/libs/$1/index.ts',
  },
  setupFiles: ['<rootDir>/test/support/setup.ts'],
  testTimeout: 60_000, // a test that hangs still fails; a slow machine alone fails none
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        module: { type: 'es6' },
        jsc: {
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  collectCoverageFrom: [
    'libs/**/*.ts',
    'src/**/*.ts',
    'plugins/**/*.ts',
    '!**/*.spec.ts',
    '!**/index.ts',
    '!**/testing/**',
    '!**/*-thread.ts', // runs on a thread of its own, out of sight of the counter; tested through what it does
    '!src/main.ts',
  ],
  coverageThreshold: {
    global: { lines: 85, branches: 85 },
    './libs/engine/': { lines: 95, branches: 95 },
  },
  coverageProvider: 'babel',
};
