const TESTS = /alwayson/i;
const BOTS = /googlebot|bingbot/i;

/** `user_agent.synthetic.type`, for programs that make requests nobody waits for. */
export function syntheticType(userAgent: string | undefined): 'test' | 'bot' | undefined {
  if (userAgent === undefined) return undefined;
  return TESTS.test(userAgent) ? 'test' : BOTS.test(userAgent) ? 'bot' : undefined;
}
