import type {AccountStatus} from '../../src/model/account-status.js'

/** What `status` knows of a made-up Twitch bot with three hours left at 1,800,000,000,000. */
export function makeAccountStatus(parts: Partial<AccountStatus> = {}): AccountStatus {
  return {
    key: 'twitch:2002',
    provider: 'twitch',
    login: 'techydrroid',
    displayName: 'TechyDrroid',
    userId: '2002',
    role: 'bot',
    state: 'ok',
    credential: 'oauth2',
    scopes: ['chat:read', 'user:read:chat'],
    addedAt: 1_799_996_400_000,
    expiresAt: 1_800_010_800_000,
    ...parts,
  }
}
