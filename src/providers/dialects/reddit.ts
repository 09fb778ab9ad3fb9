import {textOf, type JsonAnswer} from '../json-answer.js'
import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

export const redditDialect: DialectRules = {
  ...rfcDialect,
  toRfc(answer) {
    if (isPlainRefusal(answer)) {
      return {status: 400, body: {error: 'invalid_grant', error_description: textOf(answer.body.message)}}
    }
    // An error of the RFC can come with status 200.
    return answer.status === 200 && textOf(answer.body.error) !== '' ? {...answer, status: 400} : answer
  },
}

/** A refresh token that is dead gets what every bad request gets: `{"message": "Bad Request", "error": 400}`. */
const isPlainRefusal = ({status, body}: JsonAnswer): boolean => status === 400 && body.error === 400
