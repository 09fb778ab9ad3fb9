import {type Removal} from './broker/accounts.js'
import type {LoginInput, PendingLogin} from './broker/begin-login.js'
import type {ApiAnswer} from './broker/call-api.js'
import type {ProviderInput} from './broker/build-provider.js'
import type {ProviderPreview, SettingChange} from './broker/change-provider.js'
import type {ImportResult} from './broker/import-account.js'
import type {HubotBrainEntry} from './broker/import-hubot-brain.js'
import type {IssueTokenInput} from './broker/issue-api-token.js'
import type {ContextView} from './broker/describe-context.js'
import type {HelixAnswer} from './broker/helix-answer.js'
import type {HelixInput} from './broker/plan-helix-call.js'
import type {BatchOutcome} from './broker/run-helix-batch.js'
import type {HelixStep} from './broker/walk-helix-pages.js'
import type {LoginResult} from './broker/complete-login.js'
import {type FreshToken} from './broker/get-fresh-token.js'
import type {SetUpPlan} from './broker/plan-set-up.js'
import type {RefreshReport} from './broker/refresh-accounts.js'
import type {ProviderView} from './broker/view-provider.js'
import type {DaemonStart, ServeInput} from './compose-daemon.js'
import {openDeps} from './compose-deps.js'
import type {Diagnosis, DiagnosisInput} from './compose-diagnosis.js'
import type {ImportReport, MigrationResult, MigrationStep, RekeyReport, StoreMoving} from './compose-moving.js'
import type {ServicePlace, UnitFile} from './compose-service.js'
import {readSettings} from './config/settings.js'
import type {EndpointView} from './helix/describe-endpoint.js'
import type {AccountStatus} from './model/account-status.js'
import type {ApiTokenView} from './model/api-token.js'
import type {StoreReport} from './model/store-report.js'
import type {PresetView} from './providers/describe-preset.js'
import type {ClientVerdict} from './providers/provider-client.js'
import {bindBehalf, type Behalf} from './compose-behalf.js'

export type {
  Behalf,
  AccountStatus,
  ApiAnswer,
  ApiTokenView,
  BatchOutcome,
  ClientVerdict,
  Diagnosis,
  DiagnosisInput,
  ContextView,
  DaemonStart,
  EndpointView,
  FreshToken,
  HelixAnswer,
  HelixInput,
  HelixStep,
  HubotBrainEntry,
  ImportReport,
  ImportResult,
  IssueTokenInput,
  LoginInput,
  LoginResult,
  MigrationResult,
  MigrationStep,
  PendingLogin,
  PresetView,
  ProviderInput,
  ProviderPreview,
  ProviderView,
  RefreshReport,
  RekeyReport,
  Removal,
  ServeInput,
  SettingChange,
  ServicePlace,
  SetUpPlan,
  StoreMoving,
  StoreReport,
  UnitFile,
}
export {openSandbox, type RunningSandbox, type SandboxInput} from './compose-sandbox.js'
export {hasDesktop} from './config/has-desktop.js'
export {loadVocabulary, type Vocabulary} from './compose-vocabulary.js'
export type {FlowView} from './compose-flows.js'
export type {PointsBalance, PointsHistory, PointsOutcome} from './compose-points.js'
export type {UserView} from './compose-users.js'
export type {BatchEntry} from './broker/run-helix-batch.js'
export type {HelixPage} from './broker/helix-page.js'

/**
 * Reads the settings and puts the parts together. What is heavy is loaded when it is first used:
 * handing out a token that is fresh needs the store and nothing else.
 * @throws BehalfError `configuration`, `store-…`, `wrong-secret`.
 */
export async function openBehalf(flags: {store?: string} = {}): Promise<Behalf> {
  const settings = readSettings(flags)
  return bindBehalf(await openDeps(settings), settings)
}

/** Looks at everything that commands rely on; works where `openBehalf` throws. */
export async function diagnose(input: DiagnosisInput): Promise<Diagnosis> {
  const diagnosis = await import('./compose-diagnosis.js')
  return diagnosis.diagnose(input, openDeps)
}

/**
 * Starts the daemon.
 * @throws BehalfError `configuration`, `store-…`, `wrong-secret`.
 */
export async function openDaemon(input: ServeInput): Promise<DaemonStart> {
  const daemon = await import('./compose-daemon.js')
  return daemon.openDaemon(input, openDeps)
}

/** What a service manager has to know to run the daemon as it would run from here. @throws BehalfError `configuration`. */
export async function openServicePlace(input: ServeInput): Promise<ServicePlace> {
  const service = await import('./compose-service.js')
  return service.openServicePlace(input)
}

/** The unit file of the service, whether it is there or not. */
export async function openUnitFile(): Promise<UnitFile> {
  const service = await import('./compose-service.js')
  return service.openUnitFile()
}

/** Looks at everything that the store consists of, and changes nothing. @throws BehalfError `configuration`. */
export async function checkStore(flags: {store?: string}): Promise<StoreReport> {
  const diagnosis = await import('./compose-diagnosis.js')
  return diagnosis.checkStore(flags)
}

/** What is done to a store as a whole. @throws BehalfError `configuration`. */
export async function openMoving(flags: {store?: string}): Promise<StoreMoving> {
  const moving = await import('./compose-moving.js')
  return moving.openMoving(flags, openDeps)
}

/** Moves a store to another place. @throws BehalfError `configuration`, `usage`, `store-…`, `wrong-secret`. */
export async function moveStore(
  names: {from: string; to: string},
  report: (step: MigrationStep) => void,
): Promise<MigrationResult> {
  const moving = await import('./compose-moving.js')
  return moving.moveStore(names, report)
}
