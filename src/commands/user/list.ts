import {BaseCommand} from '../../cli/base-command.js'
import {mendingLine} from '../../cli/present-account.js'
import {userJson, userTable} from '../../cli/present-user.js'

export default class UserList extends BaseCommand {
  static override summary = 'List the chat users, and what each has linked.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'Their subjects alone',
      command: "<%= config.bin %> <%= command.id %> --json | jq -r '.users[].subject'",
    },
  ]

  async run() {
    const {flags} = await this.parse(UserList)
    const users = await (await (await this.openBehalf(flags)).openUsers()).listUsers()
    if (users.length === 0) this.advise('No chat user has linked anything yet. Link one with: behalf user link SUBJECT')
    else this.log(userTable(users, this.surroundings.stdout))
    for (const account of users.flatMap(({accounts}) => accounts)) {
      if (account.state === 'login-needed') this.warnOf(mendingLine(account))
    }
    return {users: users.map(userJson)}
  }
}
