import { deprecatedType } from './capability/deprecated-type.rule.js';
import { disabledType } from './capability/disabled-type.rule.js';
import { modelFeature } from './capability/model-feature.rule.js';
import { nothingStreams } from './capability/nothing-streams.rule.js';
import { oldVersion } from './capability/old-version.rule.js';
import { unknownProvider } from './capability/unknown-provider.rule.js';
import { unknownTool } from './capability/unknown-tool.rule.js';
import { configDepth } from './resource/config-depth.rule.js';
import { configSize } from './resource/config-size.rule.js';
import { edges } from './resource/edges.rule.js';
import { estimatedCost } from './resource/estimated-cost.rule.js';
import { estimatedSteps } from './resource/estimated-steps.rule.js';
import { estimatedTokens } from './resource/estimated-tokens.rule.js';
import { fanOut } from './resource/fan-out.rule.js';
import { loopBound } from './resource/loop-bound.rule.js';
import { nodes } from './resource/nodes.rule.js';
import { runningTime } from './resource/running-time.rule.js';
import { scopeDepth } from './resource/scope-depth.rule.js';
import type { Rule, SizeRule } from './rule.js';
import { hostNotAllowed } from './security/host-not-allowed.rule.js';
import { literalSecret } from './security/literal-secret.rule.js';
import { modelNotAllowed } from './security/model-not-allowed.rule.js';
import { permissionMissing } from './security/permission-missing.rule.js';
import { secretNotAllowed } from './security/secret-not-allowed.rule.js';
import { secretUnknown } from './security/secret-unknown.rule.js';
import { secretMisplaced } from './security/secret-misplaced.rule.js';
import { toolNotAllowed } from './security/tool-not-allowed.rule.js';
import { untrustedFlow } from './security/untrusted-flow.rule.js';
import { wideGrant } from './security/wide-grant.rule.js';
import { alias } from './structure/alias.rule.js';
import { cannotBeDisabled } from './structure/cannot-be-disabled.rule.js';
import { compensate } from './structure/compensate.rule.js';
import { config } from './structure/config.rule.js';
import { cycle } from './structure/cycle.rule.js';
import { danglingEdge } from './structure/dangling-edge.rule.js';
import { deadPort } from './structure/dead-port.rule.js';
import { defaultEdge } from './structure/default-edge.rule.js';
import { duplicateEdge } from './structure/duplicate-edge.rule.js';
import { duplicateNode } from './structure/duplicate-node.rule.js';
import { effectsLowered } from './structure/effects-lowered.rule.js';
import { endInBody } from './structure/end-in-body.rule.js';
import { endlessWait } from './structure/endless-wait.rule.js';
import { entryWithWayIn } from './structure/entry-with-way-in.rule.js';
import { expressionSyntax } from './structure/expression-syntax.rule.js';
import { expressionType } from './structure/expression-type.rule.js';
import { guards } from './structure/guards.rule.js';
import { handlerPlace } from './structure/handler-place.rule.js';
import { join } from './structure/join.rule.js';
import { mapVariable } from './structure/map-variable.rule.js';
import { noEnd } from './structure/no-end.rule.js';
import { noEntry } from './structure/no-entry.rule.js';
import { noNodes } from './structure/no-nodes.rule.js';
import { nodeId } from './structure/node-id.rule.js';
import { nodeSettings } from './structure/node-settings.rule.js';
import { outOfScope } from './structure/out-of-scope.rule.js';
import { scopeCrossing } from './structure/scope-crossing.rule.js';
import { selfCall } from './structure/self-call.rule.js';
import { severalEntries } from './structure/several-entries.rule.js';
import { unknownName } from './structure/unknown-name.rule.js';
import { unknownPort } from './structure/unknown-port.rule.js';
import { unknownType } from './structure/unknown-type.rule.js';
import { unreachableNode } from './structure/unreachable-node.rule.js';
import { unusedVariable } from './structure/unused-variable.rule.js';

/** Looked at first, on the bare graph: beyond them nothing else is worth its time. */
export const sizeRules: readonly SizeRule[] = [nodes, edges, configSize, configDepth];

/** All the others, in the order in which an answer lists their findings. */
export const rules: readonly Rule[] = [
  noNodes,
  nodeId,
  duplicateNode,
  duplicateEdge,
  unknownType,
  danglingEdge,
  unknownPort,
  noEntry,
  severalEntries,
  entryWithWayIn,
  unreachableNode,
  cycle,
  scopeCrossing,
  endInBody,
  config,
  nodeSettings,
  effectsLowered,
  cannotBeDisabled,
  compensate,
  guards,
  handlerPlace,
  selfCall,
  endlessWait,
  expressionSyntax,
  unknownName,
  outOfScope,
  expressionType,
  join,
  defaultEdge,
  mapVariable,
  noEnd,
  deadPort,
  unusedVariable,
  alias,
  literalSecret,
  secretMisplaced,
  secretNotAllowed,
  secretUnknown,
  hostNotAllowed,
  toolNotAllowed,
  modelNotAllowed,
  permissionMissing,
  wideGrant,
  untrustedFlow,
  disabledType,
  deprecatedType,
  oldVersion,
  unknownProvider,
  modelFeature,
  nothingStreams,
  unknownTool,
  loopBound,
  scopeDepth,
  fanOut,
  estimatedSteps,
  estimatedTokens,
  estimatedCost,
  runningTime,
];
