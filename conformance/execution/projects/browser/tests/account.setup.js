const { test } = require('@playwright/test')

test('logs in', () => {})
