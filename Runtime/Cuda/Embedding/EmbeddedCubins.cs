using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda.Embedding;

/// <summary>
/// The packs of compiled kernels that the assemblies of this program embed. They are looked at before the folder of
/// compiled kernels and before NVRTC, which is not even loaded where they have all that is asked for.
/// </summary>
/// <remarks>Errors: none. A damaged pack, or one of the simulator where there is a device, counts as none, and
/// <see cref="EmbeddedSearch"/> says so where nothing else helps.</remarks>
static class EmbeddedCubins
{
    /// <summary>"off" leaves them alone.</summary>
    public const string Variable = "MODELCOMPILER_CUDA_EMBEDDED";

    /// <summary>What a pack's compiler starts with where the simulator made it.</summary>
    public const string Simulator = "simulator";

    static readonly Lock gate = new();
    static readonly HashSet<Assembly> assemblies = [];
    static readonly List<CubinPack> packs = [];
    static readonly List<string> problems = [];

    /// <summary>Knows from now on what an assembly embeds; again is harmless.</summary>
    /// <param name="assembly">Of a model.</param>
    public static void Add(Assembly assembly)
    {
        lock (gate)
        {
            if (!assemblies.Add(assembly)) return;
            string name = assembly.GetName().Name ?? "";
            using Stream? there = assembly.GetManifestResourceStream(CubinPack.Resource);
            if (there is not null) Add(name, () => assembly.GetManifestResourceStream(CubinPack.Resource)!);
        }
    }

    /// <summary>Knows a pack from now on.</summary>
    /// <param name="owner">What messages call it.</param>
    /// <param name="open">A new stream of it.</param>
    internal static void Add(string owner, Func<Stream> open)
    {
        lock (gate)
        {
            try
            {
                CubinPack pack = CubinPack.Read(owner, open);
                if (pack.Compiler.StartsWith(Simulator, StringComparison.Ordinal) == CudaLibraries.UsesSimulator)
                    packs.Add(pack);
                else
                    problems.Add($"What {owner} embeds was compiled by {pack.Compiler}, which is of no use here.");
            }
            catch (Exception failure) when (failure is InvalidDataException or FormatException or IOException)
            {
                problems.Add(failure.Message);
            }
        }
    }

    /// <summary>Whether an assembly of this program embeds kernels that a device can run.</summary>
    /// <param name="device">Its compute capability.</param>
    public static bool IsThereAny(CudaComputeCapability device)
    {
        if (Environment.GetEnvironmentVariable(Variable) == "off") return false;
        foreach (Assembly loaded in AppDomain.CurrentDomain.GetAssemblies())
            if (!loaded.IsDynamic) Add(loaded);
        lock (gate) return packs.Exists(p => p.Count > 0 && p.Targets.Any(t => t.Runs(device)));
    }

    /// <summary>Knows no pack any more.</summary>
    internal static void Clear()
    {
        lock (gate)
        {
            assemblies.Clear();
            packs.Clear();
            problems.Clear();
        }
    }

    /// <summary>What there is of a text for a device.</summary>
    /// <param name="name">Of the text.</param>
    /// <param name="source">The whole text.</param>
    /// <param name="options">Of NVRTC, besides the architecture and C++17.</param>
    /// <param name="device">Its compute capability.</param>
    public static EmbeddedSearch Find(string name, string source, ReadOnlySpan<string> options,
        CudaComputeCapability device)
    {
        bool isOff = Environment.GetEnvironmentVariable(Variable) == "off";
        lock (gate)
        {
            // The hash of a text is not worth computing for nothing.
            CacheKey key = isOff || packs.Count == 0 ? default : CubinPack.KeyOf(source, options);
            return new EmbeddedSearch(name, key, device, isOff ? [] : [.. packs],
                isOff ? [$"{Variable} is off, so what is embedded is not used."] : [.. problems]);
        }
    }
}
