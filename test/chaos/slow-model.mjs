import { createServer } from 'node:http';

/** A server of the OpenAI protocol that takes its time, answers "re: <the last message>", and remembers what it was asked. */
export async function startSlowModel(delayMs) {
  const asked = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part) => (text += part));
    request.on('end', () => {
      const { messages } = JSON.parse(text);
      asked.push(messages.map(({ content }) => content));
      setTimeout(() => answer(response, `re: ${messages.at(-1).content}`), delayMs * (0.5 + Math.random()));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response, content) {
  const chunk = (delta, finish_reason) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`${chunk({ content }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`);
}
