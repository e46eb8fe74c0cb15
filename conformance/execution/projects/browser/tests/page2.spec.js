const { expect, test } = require('@playwright/test')

test.describe('page 2', () => {
  test('adds', () => {
    expect(2 + 2).toBe(4)
  })
})
