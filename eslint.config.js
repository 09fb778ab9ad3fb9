import eslint from '@eslint/js'
import {defineConfig, globalIgnores} from 'eslint/config'
import tseslint from 'typescript-eslint'

/**
 * Where clear text of a secret is needed: at rest, on the wire, in the commands whose job is to print or pass one on, and in two
 * places that make a new secret of it (the text of an API token, the fingerprint of a provider's settings).
 */
const mayReveal = [
  'src/store/**',
  'src/providers/**',
  'src/helix/**',
  'src/sandbox/**',
  'src/daemon/irc/upstream-login.ts',
  'src/daemon/passthrough/relay-call.ts',
  'src/daemon/stale-reads.ts',
  'src/daemon/admin/session-cookie.ts',
  'src/daemon/admin/tokens/new-token-page.tsx',
  'src/daemon/admin/tokens/shown-token.ts',
  'src/daemon/admin/tokens/write-curl.ts',
  'src/daemon/api/account-routes.ts',
  'src/daemon/api/api-token-routes.ts',
  'src/daemon/api/flow-routes.ts',
  'src/daemon/flows/flow-answers.ts',
  'src/daemon/flows/flow-cookie.ts',
  'src/daemon/flows/page-texts.ts',
  'src/compose-admin.ts',
  'src/commands/admin.ts',
  'src/commands/bot/token.ts',
  'src/commands/token/issue.ts',
  'src/commands/token/rotate.ts',
  'src/cli/token-variables.ts',
  'src/model/api-token-text.ts',
  'src/model/hubot-credential.ts',
  'src/library/read-tokens.ts',
  'src/library/twurple/to-access-token.ts',
  'src/broker/load-provider.ts',
  'src/broker/flow-state.ts',
]

export default defineConfig(
  globalIgnores(['dist/', 'coverage/']),
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {parserOptions: {projectService: true}},
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', {ignoreArrowShorthand: true}],
      '@typescript-eslint/no-unused-vars': [
        'error',
        {argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_'},
      ],
      // An empty text is an absent one, in forms and in the environment.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', {ignorePrimitives: {string: true}}],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', {considerDefaultExhaustiveForUnions: true}],
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {globals: {process: 'readonly', module: 'writable', require: 'readonly'}},
  },
  {
    files: ['src/daemon/admin/script.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'document',
          'navigator',
          'addEventListener',
          'getSelection',
          'setInterval',
          'setTimeout',
          'clearTimeout',
          'location',
          'fetch',
          'URL',
          'URLSearchParams',
          'FormData',
          'DOMParser',
          'EventSource',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {files: ['**/*.cjs'], rules: {'@typescript-eslint/no-require-imports': 'off'}},
  {
    files: ['src/**'],
    rules: {
      'max-lines': ['error', {max: 250, skipBlankLines: true, skipComments: true}],
      'no-restricted-syntax': [
        'error',
        {selector: "CallExpression[callee.property.name='reveal']", message: 'Keep it a Secret (eslint.config.js).'},
      ],
    },
  },
  {files: mayReveal, rules: {'no-restricted-syntax': 'off'}},
  {
    files: ['src/commands/**'],
    rules: {'max-lines': ['error', {max: 80, skipBlankLines: true, skipComments: true}]},
  },
  {
    files: ['src/**'],
    ignores: ['src/config/**'],
    rules: {
      'no-restricted-properties': ['error', {object: 'process', property: 'env', message: 'Only src/config reads it.'}],
      'no-restricted-imports': [
        'error',
        {paths: [{name: 'node:process', importNames: ['env'], message: 'Only src/config reads it.'}]},
      ],
    },
  },
  {files: ['build/**', 'test/bench/**'], rules: {'no-console': 'off'}},
)
