import { metrics } from '@opentelemetry/api';

const meter = metrics.getMeter('orders');

export const ordersCreated = meter.createCounter('orders_created', { description: 'Orders placed and paid' });

export const paymentsProcessed = meter.createCounter('payments_processed', {
  description: 'Payments by result: approved, declined',
});
