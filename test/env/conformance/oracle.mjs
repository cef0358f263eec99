/** OpenTelemetry's own SDK for Node.js, as the variables configure it. */
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK();
sdk.start();
process.once('beforeExit', () => void sdk.shutdown());
