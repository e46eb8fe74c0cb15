// SPDX-License-Identifier: MIT
const std = @import("std");

pub fn build(b: *std.Build) void {
    const module = b.createModule(.{
        .root_source_file = b.path("src/root.zig"),
        .target = b.standardTargetOptions(.{}),
        .optimize = b.standardOptimizeOption(.{}),
    });
    b.installArtifact(b.addLibrary(.{ .name = "forge", .root_module = module }));

    const step = b.step("test", "Run a part of the tests, and write their JUnit report");
    const run = b.addSystemCommand(&.{ "./run-tests", b.graph.zig_exe });
    if (b.args) |args| run.addArgs(args);
    step.dependOn(b.getInstallStep());
    step.dependOn(&run.step);
}
