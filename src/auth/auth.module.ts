import { Global, Module } from '@nestjs/common';
import { EventStore } from '#event-store';
import { ENVIRONMENT, type Environment } from '../config/environment.js';
import { Accounts } from './accounts.js';
import { AuthController } from './auth.controller.js';
import { Sessions } from './sessions.js';

@Global()
@Module({
  controllers: [AuthController],
  providers: [
    {
      provide: Accounts,
      inject: [EventStore],
      useFactory: async (store: EventStore) => {
        const accounts = new Accounts(store);
        await accounts.load();
        return accounts;
      },
    },
    {
      provide: Sessions,
      inject: [Accounts, ENVIRONMENT],
      useFactory: (accounts: Accounts, { authSecret }: Environment) => new Sessions(accounts, authSecret),
    },
  ],
  exports: [Accounts, Sessions],
})
export class AuthModule {}
