import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const noClocksNoChance = [
  { object: 'Date', property: 'now', message: 'Time arrives as a value.' },
  { object: 'Math', property: 'random', message: 'Chance arrives as a value.' },
];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'data', 'node_modules', 'web/dist', 'bench/results'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  // Injected classes are values at run time: their imports must stay imports of values.
  { languageOptions: { parserOptions: { emitDecoratorMetadata: true, experimentalDecorators: true } } },
  {
    files: ['**/*.{mjs,cjs,js}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        TextDecoder: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
        module: 'readonly',
        require: 'readonly',
        setImmediate: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    rules: {
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:vm', message: 'A vm is no boundary.' },
            { name: 'vm', message: 'A vm is no boundary.' },
          ],
        },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['libs/{engine,event-store,validation,plugin-sdk}/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/testing/**'],
    rules: {
      'no-restricted-properties': ['error', ...noClocksNoChance],
      'no-restricted-globals': ['error', { name: 'process', message: 'The environment arrives as a value.' }],
    },
  },
  { files: ['scripts/**', 'bench/**', 'test/**', 'cli/**', '**/*.spec.ts'], rules: { 'no-console': 'off' } },
);
