import {z} from 'zod'

import {flowFields} from '../../src/daemon/api/flow-schema.js'

const flow = z.strictObject(flowFields).meta({id: 'Flow'})

export const flows = z.strictObject({flows: z.array(flow).describe('oldest first')}).meta({id: 'FlowList'})

export const collected = z.strictObject({flows: z.array(flow).describe('as they were')}).meta({id: 'CollectedFlows'})
