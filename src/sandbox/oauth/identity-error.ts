/** A refusal in the form of id.twitch.tv (facts 2.13): `{"status", "message"}`. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError'
  readonly status: 400 | 401 | 403 | 404

  constructor(status: 400 | 401 | 403 | 404, message: string) {
    super(message)
    this.status = status
  }
}
