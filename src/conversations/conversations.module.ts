import { Global, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { EventStore, idOf, PayloadStore } from '#event-store';
import type { StepInvocation } from '#plugin-host';
import { ReadModel } from '#read-model';
import { ChatSource } from '#runtime';
import type { Logger } from 'pino';
import { LOG } from '../config/log.js';
import { OtherProcesses } from '../database/other-processes.js';
import { ConversationClients } from '../plugins/conversation-clients.js';
import { Answers, endings } from './answers.js';
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
      inject: [EventStore, PayloadStore, OtherProcesses],
      useFactory: async (store: EventStore, payloads: PayloadStore, others: OtherProcesses) => {
        const conversations = new Conversations(store, payloads);
        await others.hear({ categories: ['conversation'] }, async ({ stream }) => conversations.heard(idOf(stream)));
        return conversations;
      },
    },
    {
      provide: Outcomes,
      inject: [EventStore, PayloadStore],
      useFactory: (store: EventStore, payloads: PayloadStore) => new Outcomes(store, payloads),
    },
    {
      provide: Answers,
      inject: [Conversations, Outcomes, ReadModel, OtherProcesses, LOG],
      useFactory: async (
        conversations: Conversations,
        outcomes: Outcomes,
        readModel: ReadModel,
        others: OtherProcesses,
        log: Logger,
      ) => {
        const answers = new Answers(conversations, outcomes, readModel, log);
        await others.hear({ categories: ['execution'], types: endings }, async (event) => answers.heard([event]));
        return answers;
      },
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
