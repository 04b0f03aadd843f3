using System;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>Which instructions this process may use. <see cref="LesserProcessorTests"/> says in a variable what it took away.</summary>
public sealed class ProcessorLevelTests
{
    /// <summary>Name of a <see cref="ProcessorLevel"/>; not set where nothing was taken away.</summary>
    public const string Variable = "MODELCOMPILER_PROCESSOR_LEVEL";

    public static ProcessorLevel Current =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? ProcessorLevel.Vector512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? ProcessorLevel.Vector256
        : Vector128.IsHardwareAccelerated ? ProcessorLevel.Vector128
        : ProcessorLevel.Scalar;

    [Fact]
    public void Level_IsTheOneThatWasAskedFor()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } asked) Assert.Equal(asked, Current.ToString());
        else Assert.True(Current >= ProcessorLevel.Vector128, "nothing was taken away, yet there are no vector instructions");
    }
}
