import type { ArchiveEvent } from './archive/archive.events.js';
import type { AccountEvent } from './account/account.decider.js';
import type { ConversationEvent } from './conversation/conversation.events.js';
import type { DefinitionEvent } from './definition/definition.decider.js';
import type { DraftEvent } from './definition/draft.decider.js';
import type { DocumentEvent } from './document/document.decider.js';
import type { ExecutionEvent } from './execution/execution.events.js';
import type { PluginEvent } from './plugin/plugin.decider.js';
import type { SecretEvent } from './secret/secret.decider.js';
import type { TemplateEvent } from './template/template.decider.js';

/** Whatever is in the log. */
type StoredEvent =
  | AccountEvent
  | ArchiveEvent
  | ConversationEvent
  | DefinitionEvent
  | DocumentEvent
  | DraftEvent
  | ExecutionEvent
  | PluginEvent
  | SecretEvent
  | TemplateEvent;

type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/**
 * Every type of event there is, and for each schema that it once had the way to the next. None has changed its meaning so far.
 * Where one does: its upcaster comes last in its list, which makes new events of it the next schema, and a history as it was
 * written before goes into `test/replay`.
 */
export const eventSchemas: Readonly<Record<StoredEvent['type'], readonly Upcaster[]>> = {
  UserCreated: [],
  PasswordChanged: [],
  ApiKeyCreated: [],
  ApiKeyRevoked: [],
  SignedIn: [],
  SignInRefused: [],
  SessionRefreshed: [],
  SignedOut: [],
  ExecutionArchived: [],
  ConversationStarted: [],
  MessageReceived: [],
  MessageAnswered: [],
  MessageFailed: [],
  MessageRetried: [],
  MessageStored: [],
  ConversationSummarised: [],
  ConversationDeleted: [],
  DefinitionPublished: [],
  DefinitionChanged: [],
  DefinitionDeleted: [],
  DraftSaved: [],
  DraftDiscarded: [],
  DocumentAdded: [],
  DocumentDeleted: [],
  ExecutionAccepted: [],
  DriverTaken: [],
  StepScheduled: [],
  StepStarted: [],
  StepCompleted: [],
  StepFailed: [],
  StepAbandoned: [],
  StepUncertain: [],
  UncertaintyResolved: [],
  StepCancelled: [],
  IterationStarted: [],
  TimerSet: [],
  TimerFired: [],
  StepCalled: [],
  WaitStarted: [],
  SignalReceived: [],
  ApprovalRequested: [],
  ApprovalDecided: [],
  ApprovalClosed: [],
  ChildStarted: [],
  ChildEnded: [],
  LimitWarned: [],
  CancelRequested: [],
  ExecutionFailing: [],
  CompensationStarted: [],
  CompensationCompleted: [],
  CompensationFailed: [],
  ExecutionCompleted: [],
  ExecutionFailed: [],
  ExecutionCancelled: [],
  PluginInstalled: [],
  PluginRemoved: [],
  SecretSet: [],
  SecretDeleted: [],
  TemplateSaved: [],
  TemplateDeleted: [],
};
