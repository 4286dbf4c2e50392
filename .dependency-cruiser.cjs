/** Who may import whom. Read top-down: the pure core first, the application last. */
const ours = '^(src|libs|plugins|cli|web|sdk|test|bench)/';
const lib = (name) => `^libs/${name}/`;
const pure = '^libs/(engine|validation|plugin-sdk|event-store)/';
const tests = '\\.(spec|e2e-spec|contract)\\.ts$|/testing/';

/** `from` may import `allowed` of our own code, and nothing else of it. */
const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: { path: ours, pathNot: allowed },
});

/** The package is imported in `allowed`, and nowhere else. */
const behind = (name, comment, npm, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: ours, pathNot: allowed },
  to: { path: `node_modules/${npm}/` },
});

const index = '^libs/[^/]+/(testing/)?index\\.ts$';

module.exports = {
  forbidden: [
    only('sdk-stands-alone', 'What a plugin author sees is all a plugin author gets.', lib('plugin-sdk'), [
      lib('plugin-sdk'),
    ]),
    only('store-stands-alone', 'The log does not know what it logs.', lib('event-store'), [lib('event-store')]),
    only('engine-knows-descriptors', 'The rules know nothing of how they are run.', lib('engine'), [
      lib('engine'),
      lib('plugin-sdk'),
    ]),
    only('stores-know-the-port', 'An adapter fills one port.', '^libs/event-store-([^/]+)/', [
      '^libs/event-store-$1/',
      lib('event-store'),
    ]),
    only('checks-know-the-graph', 'Checks read definitions and node types.', lib('validation'), [
      lib('validation'),
      lib('engine'),
      lib('plugin-sdk'),
    ]),
    only('host-knows-the-sdk', 'The host runs nodes, whatever they are for.', lib('plugin-host'), [
      lib('plugin-host'),
      lib('plugin-sdk'),
    ]),
    only('runtime-drives', 'Decides with the engine, remembers with the store, runs with the host.', lib('runtime'), [
      lib('runtime'),
      lib('engine'),
      lib('event-store'),
      lib('plugin-host'),
      lib('plugin-sdk'),
    ]),
    only('tables-follow-events', 'Tables are made of events, never of commands.', lib('read-model'), [
      lib('read-model'),
      lib('engine'),
      lib('event-store'),
      lib('event-store-sqlite'),
      lib('event-store-esdb'),
      lib('postgres'),
      lib('plugin-sdk'),
    ]),
    only('plugins-know-the-sdk', 'A built-in node has no privilege over one from outside.', '^plugins/([^/]+)/', [
      '^plugins/$1/',
      lib('plugin-sdk'),
    ]),
    only('src-wires', 'The application imports libraries; nobody imports the application.', '^src/', [
      '^src/',
      '^libs/',
    ]),

    {
      name: 'front-door',
      comment: 'Import a library by its index.',
      severity: 'error',
      from: { path: '^(src|plugins|test|cli|bench)/' },
      to: { path: '^libs/', pathNot: index },
    },
    {
      name: 'front-door-between-libs',
      comment: 'Import a library by its index.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/$1/', index] },
    },

    behind('nest-in-the-application', 'A library is plain TypeScript; one file in it may know Nest.', '@nestjs', [
      '^src/',
      '^test/',
      '^bench/',
      '^libs/[^/]+/[^/]+\\.module\\.ts$',
    ]),
    behind('orm-in-the-read-model', 'Everything else asks for a query.', '@mikro-orm', [
      lib('read-model'),
      '^src/database/',
    ]),
    only('cluster-beside-the-log', 'What several processes share, whatever they do with it.', lib('cluster'), [
      lib('cluster'),
      lib('event-store'),
      lib('postgres'),
    ]),
    only('connections-only', 'It knows nothing of what is kept.', lib('postgres'), [lib('postgres')]),
    behind('postgres-in-the-stores', 'Everything else asks a port.', 'pg', [
      lib('postgres'),
      lib('cluster'),
      '^test/',
      '^bench/',
    ]),
    behind('cel-in-the-engine', 'One evaluator, not five.', '@marcbachmann/cel-js', [lib('engine')]),
    behind('models-in-the-host', 'A node asks its context for a model.', '(ai|@ai-sdk)', [lib('plugin-host')]),
    behind('one-speaks-to-eventstoredb', 'Everything else asks for a store.', '(@eventstore|@grpc|google-protobuf)', [
      lib('event-store-esdb'),
      '^test/',
    ]),
    behind('one-checks-the-server', 'Two clients in one process break each other.', '@kurrent', [
      '^test/support/eventstoredb/kurrent-client\\.mjs$',
    ]),
    {
      name: 'pure-core-has-no-effects',
      comment: 'Files, sockets and processes come in through a port.',
      severity: 'error',
      from: { path: pure, pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },

    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports it: delete it.',
      severity: 'error',
      from: {
        orphan: true,
        path: ours,
        pathNot: [
          '(index|main|setup)\\.ts$',
          tests,
          '\\.(node|tool)\\.[jt]s$',
          '-thread\\.ts$',
          '^test/(support|chaos)/',
          '^bench/',
        ],
      },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['chatter-source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
  },
};
