/**
 * A real MCP server, over stdio or over HTTP on loopback: `server.mjs stdio`, `server.mjs http [json]`.
 * Over HTTP it says its port on stdout. `HEARD` names a file to which each call is appended as it comes.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema, McpError } from '@modelcontextprotocol/sdk/types.js';

const text = (said) => ({ content: [{ type: 'text', text: said }] });
const object = (properties = {}, required = []) => ({ type: 'object', properties, required });
const never = () => new Promise(() => undefined);

/** The answer to a call over HTTP that is being written. */
let response;

const tools = {
  echo: {
    description: 'Says it again.',
    inputSchema: object({ text: { type: 'string', maxLength: 100 } }, ['text']),
    annotations: { readOnlyHint: true },
    call: ({ text: said }) => text(said),
  },
  add: {
    description: 'Adds.',
    inputSchema: object({ a: { type: 'number' }, b: { type: 'number' } }, ['a', 'b']),
    outputSchema: object({ sum: { type: 'string', pattern: '^(a+)+$' } }),
    call: ({ a, b }) => ({ ...text(String(a + b)), structuredContent: { sum: a + b } }),
  },
  grep: {
    description: 'Takes a text with a pattern of its own.',
    inputSchema: object({ pattern: { type: 'string', pattern: '^(a+)+$' } }, ['pattern']),
    call: ({ pattern }) => text(pattern),
  },
  key: {
    description: 'Says what came beside.',
    inputSchema: object(),
    call: (_args, meta) => text(JSON.stringify(meta)),
  },
  environment: {
    description: 'Says what it finds in its environment.',
    inputSchema: object(),
    call: () => text(JSON.stringify(process.env)),
  },
  pid: { description: 'Says which process it is.', inputSchema: object(), call: () => text(String(process.pid)) },
  parts: {
    description: 'Gives an image.',
    inputSchema: object(),
    call: () => ({
      content: [
        { type: 'text', text: 'a' },
        { type: 'image', data: 'AA==', mimeType: 'image/png' },
      ],
    }),
  },
  big: { description: 'Gives too much.', inputSchema: object(), call: () => text('x'.repeat(1_100_000)) },
  huge: { description: 'Gives far too much.', inputSchema: object(), call: () => text('x'.repeat(5_000_000)) },
  busy: {
    description: 'Hears nothing for a while.',
    inputSchema: object({ ms: { type: 'number' } }),
    call: ({ ms }) => (Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms), text('rested')),
  },
  fail: { description: 'Fails.', inputSchema: object(), call: () => ({ ...text('No such file.'), isError: true }) },
  refuse: {
    description: 'Refuses what it is given.',
    inputSchema: object(),
    call: () => {
      throw new McpError(ErrorCode.InvalidParams, 'a is not to my liking');
    },
  },
  break: {
    description: 'Breaks.',
    inputSchema: object(),
    call: () => {
      throw new Error('out of order');
    },
  },
  hang: { description: 'Never answers.', inputSchema: object(), call: never },
  die: { description: 'Ends the process.', inputSchema: object(), call: () => process.exit(1) },
  cut: { description: 'Cuts the connection.', inputSchema: object(), call: () => (response.destroy(), never()) },
  end: { description: 'Ends its answer too early.', inputSchema: object(), call: () => (response.end(), never()) },
  forget: { description: 'Forgets who asked.', inputSchema: object(), call: () => (sessions.clear(), text('done')) },
  'bad name': { description: 'Has a name that no model takes.', inputSchema: object(), call: () => text('') },
};

const sessions = new Map();

function makeServer() {
  const capabilities = { tools: { listChanged: true } };
  const server = new Server({ name: 'sample', version: '1.0.0' }, { capabilities });
  let grown = false;
  const grow = {
    description: 'Brings another tool.',
    inputSchema: object(),
    call: async () => {
      grown = true;
      await server.sendToolListChanged();
      return text('grown');
    },
  };
  const mine = () => ({ ...tools, grow, ...(grown && { leaf: { ...tools.echo, description: 'New.' } }) });
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
    const all = Object.entries(mine()).map(([name, { call: _call, ...tool }]) => ({ name, ...tool }));
    const from = Number(params?.cursor ?? 0);
    return { tools: all.slice(from, from + 10), ...(from + 10 < all.length && { nextCursor: String(from + 10) }) };
  });
  server.setRequestHandler(CallToolRequestSchema, ({ params: { name, arguments: args, _meta } }) => {
    if (process.env.HEARD) appendFileSync(process.env.HEARD, `${name}\n`);
    return mine()[name].call(args, _meta);
  });
  return server;
}

async function overHttp(enableJsonResponse) {
  const listener = createServer(async (request, answer) => {
    if (request.method === 'POST') response = answer;
    if (process.env.TOKEN && request.headers.authorization !== `Bearer ${process.env.TOKEN}`)
      return refuse(answer, 401);
    const id = request.headers['mcp-session-id'];
    if (id !== undefined && !sessions.has(id)) return refuse(answer, 404);
    const transport = sessions.get(id) ?? (await opened(enableJsonResponse));
    await transport.handleRequest(request, answer);
  });
  listener.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
    process.stdout.write(`${listener.address().port}\n`),
  );
}

const refuse = (answer, status) => void answer.writeHead(status).end();

async function opened(enableJsonResponse) {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  });
  await makeServer().connect(transport);
  return transport;
}

const [, , how, form] = process.argv;
if (how === 'http') await overHttp(form === 'json');
else await makeServer().connect(new StdioServerTransport());
