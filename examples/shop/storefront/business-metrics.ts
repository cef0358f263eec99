import { metrics } from '@opentelemetry/api';

export const userSignups = metrics
  .getMeter('storefront')
  .createCounter('user_signups', { description: 'Customers who signed up' });
