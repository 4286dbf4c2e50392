import { chatGraph, Refusal } from '#engine';
import { actorOf, ChatSource, type Caller, type ExecutionRequest, type OpenedChat } from '#runtime';
import type { Answers } from './answers.js';
import { conversationOf, messageOf } from './conversation-ids.js';
import type { Conversations } from './conversations.js';

/**
 * A chat request: a message in a conversation, and the graph that answers it.
 *
 * 1. Without a conversation it begins one, whose id follows from the execution's: the same request again finds the same.
 * 2. The message is durable before the execution is accepted. Should that never happen, the message is marked as failed.
 */
export class Chats extends ChatSource {
  constructor(
    private readonly conversations: Conversations,
    private readonly answers: Answers,
  ) {
    super();
  }

  override async open(request: ExecutionRequest, caller: Caller, executionId: string): Promise<OpenedChat> {
    const message = messageIn(request);
    const named = request.conversation_id ?? null;
    const id = named ?? conversationOf(executionId); // rule 1
    const { tenant, sub } = caller;
    if (named !== null) await this.join(named, caller);
    const received = { message_id: messageOf(executionId), execution_id: executionId, message };
    this.answers.expect(executionId, tenant, id);
    const by = { tenant, actor: actorOf(caller) };
    await this.conversations.tell(id, { type: 'Receive', by: sub, starts: named === null, received }, by); // rule 2
    return {
      conversationId: id,
      graph: chatGraph(request.config ?? {}),
      input: { query: message, ...request.input_data, message },
    };
  }

  override async join(conversationId: string, caller: Caller): Promise<void> {
    if (!(await this.conversations.find(caller, conversationId))) throw notFound(conversationId);
  }
}

/** Where it stands, `message` comes before `input_data.message`. */
function messageIn({ message, input_data }: ExecutionRequest): string {
  const text = message ?? input_data?.['message'];
  if (typeof text === 'string' && text !== '') return text;
  throw new Refusal('invalid_request', 'A chat needs a message: a text that is not empty.');
}

const notFound = (id: string): Refusal =>
  new Refusal(
    'conversation_not_found',
    `There is no conversation conv_${id}. List yours with GET /api/v1/conversations, or leave conversation_id out to begin one.`,
  );
