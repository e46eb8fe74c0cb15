const { expect, test } = require('@playwright/test')

test.describe('page 1', () => {
  test('adds', () => {
    expect(1 + 1).toBe(2)
  })
})
