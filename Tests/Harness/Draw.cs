using System;

namespace ModelCompiler.Tests.Harness;

/// <summary>Inputs for tests, the same on every run.</summary>
public static class Draw
{
    /// <summary>Uniform in [-1, 1).</summary>
    public static float[] Reals(int count, uint stream = 1)
    {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) numbers[i] = Randomness.Below(1 << 20, seed: 99, step: 0, stream, (uint)i) / (float)(1 << 19) - 1;
        return numbers;
    }

    /// <summary>Uniform in [0, bound).</summary>
    public static int[] Tokens(int count, int bound, uint stream = 2)
    {
        var tokens = new int[count];
        for (int i = 0; i < count; i++) tokens[i] = Randomness.Below(bound, seed: 99, step: 0, stream, (uint)i);
        return tokens;
    }
}
