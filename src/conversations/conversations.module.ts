import { Global, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { EventStore, PayloadStore } from '#event-store';
import type { StepInvocation } from '#plugin-host';
import { ReadModel } from '#read-model';
import { ChatSource } from '#runtime';
import type { Logger } from 'pino';
import { LOG } from '../config/log.js';
import { ConversationClients } from '../plugins/conversation-clients.js';
import { Answers } from './answers.js';
import { Chats } from './chats.js';
import { ConversationsController } from './conversations.controller.js';
import { Conversations } from './conversations.js';
import { Outcomes } from './outcomes.js';
import { StepConversation } from './step-conversation.js';
import { Turns } from './turns.js';

/** Talks with models: what was said, by whom, and whose turn it is. Knows executions by their log only. */
@Global()
@Module({
  controllers: [ConversationsController],
  providers: [
    {
      provide: Conversations,
      inject: [EventStore, PayloadStore],
      useFactory: (store: EventStore, payloads: PayloadStore) => new Conversations(store, payloads),
    },
    {
      provide: Outcomes,
      inject: [EventStore, PayloadStore],
      useFactory: (store: EventStore, payloads: PayloadStore) => new Outcomes(store, payloads),
    },
    {
      provide: Answers,
      inject: [Conversations, Outcomes, ReadModel, LOG],
      useFactory: (conversations: Conversations, outcomes: Outcomes, readModel: ReadModel, log: Logger) =>
        new Answers(conversations, outcomes, readModel, log),
    },
    {
      provide: Turns,
      inject: [Conversations, Answers, Outcomes],
      useFactory: (conversations: Conversations, answers: Answers, outcomes: Outcomes) =>
        new Turns(conversations, answers, outcomes),
    },
    {
      provide: ChatSource,
      inject: [Conversations, Answers],
      useFactory: (conversations: Conversations, answers: Answers) => new Chats(conversations, answers),
    },
    {
      provide: ConversationClients,
      inject: [Conversations, Turns],
      useFactory: (conversations: Conversations, turns: Turns): ConversationClients => ({
        for: (step: StepInvocation) => new StepConversation(step, conversations, turns),
      }),
    },
  ],
  exports: [ChatSource, Answers, ConversationClients],
})
export class ConversationsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly answers: Answers) {}

  onApplicationBootstrap(): void {
    this.answers.start();
  }

  beforeApplicationShutdown(): void {
    this.answers.stop();
  }
}
