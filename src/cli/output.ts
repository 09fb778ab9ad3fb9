import {Chalk, type ChalkInstance} from 'chalk'

import type {OutputStream} from './surroundings.js'

/** Characters that steer a terminal; names and messages come from other people. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

export const stripControls = (text: string): string => text.replaceAll(CONTROLS, '')

/** Colours for a stream: none unless it is a terminal that has them and nobody said no (`NO_COLOR`, `--no-color`). */
export function chalkFor(stream: OutputStream, allowed: boolean): ChalkInstance {
  const coloured = allowed && stream.isTTY === true && stream.hasColors?.() === true
  return new Chalk({level: coloured ? 1 : 0})
}

const NARROW = 80

/** How many columns there are to fill: those of a terminal, or 80 where it does not know; elsewhere lines have no end. */
export const widthOf = ({isTTY, columns = 0}: OutputStream): number =>
  isTTY === true ? (columns > 0 ? columns : NARROW) : Infinity
