using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace ModelCompiler.Runtime.Cuda.Embedding;

/// <summary>What kernels are compiled for: the instructions of one generation, such as sm_90, or PTX of one, such as
/// compute_90, which drivers compile on for every device that is not older.</summary>
/// <param name="IsPtx">Whether it is PTX.</param>
/// <param name="Number">Of the generation, such as 90.</param>
readonly record struct CubinTarget(bool IsPtx, int Number) : IComparable<CubinTarget>
{
    const string Instructions = "sm_", Ptx = "compute_";

    /// <summary>What is embedded where nobody says otherwise: both generations that the kernels are tuned for, and what
    /// later ones can take.</summary>
    public static IReadOnlyList<CubinTarget> Usual { get; } = [new(false, 80), new(false, 90), new(true, 90)];

    /// <summary>A list such as "sm_80;sm_90;compute_90", or with plus signs, which a command line takes as they are.
    /// </summary>
    /// <returns>Sorted, each once.</returns>
    /// <exception cref="FormatException">Something else is in it, or nothing is.</exception>
    public static IReadOnlyList<CubinTarget> ParseList(string text)
    {
        string[] names = text.Split([';', '+', ',', ' '],
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length == 0 ? throw Malformed(text) : [.. names.Select(Parse).Distinct().Order()];
    }

    /// <summary>One name, such as "sm_90".</summary>
    /// <exception cref="FormatException">Any other text.</exception>
    public static CubinTarget Parse(string name)
    {
        bool isPtx = name.StartsWith(Ptx, StringComparison.Ordinal);
        if (!isPtx && !name.StartsWith(Instructions, StringComparison.Ordinal)) throw Malformed(name);
        string digits = name[(isPtx ? Ptx : Instructions).Length..];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 10
            ? new(isPtx, number) : throw Malformed(name);
    }

    /// <summary>The generation.</summary>
    public CudaComputeCapability Capability => new(Number / 10, Number % 10);

    /// <summary>Whether a device can run it: instructions stay the same within a major number, PTX is for all that
    /// follow.</summary>
    public bool Runs(CudaComputeCapability device) =>
        Capability <= device && (IsPtx || Capability.Major == device.Major);

    /// <summary>Instructions before PTX, older generations first.</summary>
    public int CompareTo(CubinTarget other) =>
        IsPtx == other.IsPtx ? Number.CompareTo(other.Number) : IsPtx.CompareTo(other.IsPtx);

    /// <summary>As NVRTC's option has it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsPtx ? Ptx : Instructions)}{Number}");

    static FormatException Malformed(string text) => new($"\"{text}\" is no list of architectures; expected such as " +
        "sm_80;sm_90;compute_90.");
}
