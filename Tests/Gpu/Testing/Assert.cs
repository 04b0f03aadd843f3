using System;
using System.Collections.Generic;
using System.Linq;

namespace Xunit;

/// <summary>
/// The few assertions that the linked tests make, without the test framework, which a native executable cannot carry. Numbers that the
/// simulator has bit for bit may differ on a device, where a product and a sum are one rounding: they are compared, and their distance kept.
/// </summary>
static class Assert
{
    /// <summary>Half a unit of bf16, in the largest value: what a result rounded to the other side is off.</summary>
    const double OneRounding = 1.0 / 128;

    /// <summary>The largest distance, in the largest value, between numbers of which a test wants the same bits; since the last reset.</summary>
    public static double Distance { get; private set; }

    public static void Reset() => Distance = 0;

    public static void True(bool condition, string? message = null)
    {
        if (!condition) throw new CheckException(message ?? "a condition does not hold");
    }

    public static void False(bool condition, string? message = null) => True(!condition, message ?? "what must not hold does");

    public static void Equal<T>(T expected, T actual) =>
        True(EqualityComparer<T>.Default.Equals(expected, actual), $"expected {expected}, got {actual}");

    public static void Equal(double expected, double actual, double tolerance) =>
        True(Math.Abs(expected - actual) <= tolerance, $"expected {expected} to {tolerance}, got {actual}");

    public static void Equal(float expected, float actual) => Equal([expected], [actual]);

    public static void Equal<T>(IEnumerable<T> expected, IEnumerable<T> actual) => Equal(expected.ToArray(), actual.ToArray());

    public static void Equal<T>(T[] expected, T[] actual)
    {
        if (expected is float[] numbers && actual is float[] others) Close(numbers, others);
        else True(expected.AsSpan().SequenceEqual(actual, EqualityComparer<T>.Default), $"{expected.Length} and {actual.Length} elements are not the same");
    }

    public static void All<T>(IEnumerable<T> items, Action<T> check)
    {
        foreach (T item in items) check(item);
    }

    public static void Contains(string expected, string actual, StringComparison comparison) =>
        True(actual.Contains(expected, comparison), $"\"{actual}\" does not say \"{expected}\"");

    public static void InRange<T>(T actual, T low, T high) where T : IComparable<T> =>
        True(actual.CompareTo(low) >= 0 && actual.CompareTo(high) <= 0, $"{actual} is not from {low} to {high}");

    public static T Throws<T>(Action action) where T : Exception
    {
        try
        {
            action();
        }
        catch (T expected)
        {
            return expected;
        }
        throw new CheckException($"{typeof(T).Name} was expected, and nothing thrown");
    }

    static void Close(float[] expected, float[] actual)
    {
        Equal(expected.Length, actual.Length);
        double scale = 0, most = 0;
        foreach (float value in expected) if (float.IsFinite(value)) scale = Math.Max(scale, Math.Abs(value));
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToUInt32Bits(expected[i]) == BitConverter.SingleToUInt32Bits(actual[i]) || float.IsNaN(expected[i]) && float.IsNaN(actual[i])) continue;
            double difference = Math.Abs((double)expected[i] - actual[i]);
            most = Math.Max(most, double.IsNaN(difference) ? double.PositiveInfinity : difference);
        }
        double distance = scale > 0 ? most / scale : most;
        Distance = Math.Max(Distance, distance);
        True(distance <= OneRounding, $"numbers that should be the same are {distance} apart, in their largest");
    }
}

/// <summary>A check that does not hold.</summary>
sealed class CheckException(string message) : Exception(message);
