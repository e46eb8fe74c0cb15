// SPDX-License-Identifier: MIT
const std = @import("std");

pub export fn add(a: i64, b: i64) i64 {
    return a + b;
}

test "adds" {
    try std.testing.expectEqual(@as(i64, 5), add(2, 3));
}

test "subtracts" {
    try std.testing.expectEqual(@as(i64, -1), add(2, -3));
}

test "keeps" {
    try std.testing.expectEqual(@as(i64, 2), add(2, 0));
}
