using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Compiles CUDA C++ while the program runs (NVRTC), and keeps what it compiled in a folder.</summary>
/// <remarks>
/// <para>The folder is that of the variable MODELCOMPILER_CUDA_CACHE, else the user's own for such files; "off" there
/// switches it off. It holds at most MODELCOMPILER_CUDA_CACHE_MB MiB, 512 without, of which those used longest ago go
/// first.</para>
/// <para><b>Errors</b>: <see cref="CudaCompilationException"/> holds the compiler's log. Safe for many threads and
/// processes at once.</para>
/// </remarks>
/// <example><code>
/// var compiler = new CudaRuntimeCompiler();
/// CudaCode code = compiler.Compile("gpt.cu", CudaPrelude.With("gpt.cu", kernels), device.ComputeCapability);
/// </code></example>
public sealed unsafe class CudaRuntimeCompiler
{
    internal static readonly string[] DefaultOptions = ["--std=c++17"];

    readonly CubinCache cache;

    /// <summary>Loads NVRTC.</summary>
    /// <exception cref="CudaLibraryNotFoundException">NVRTC is not on this machine.</exception>
    public CudaRuntimeCompiler() : this(CubinCache.OfMachine)
    {
    }

    internal CudaRuntimeCompiler(CubinCache cache)
    {
        this.cache = cache;
        CudaLibraries.Require(CudaLibrary.Compiler);
        int major, minor, count;
        CudaCheck.Success(Nvrtc.nvrtcVersion(&major, &minor), nameof(Nvrtc.nvrtcVersion), "asking for its version");
        Version = new Version(major, minor);
        CudaCheck.Success(Nvrtc.nvrtcGetNumSupportedArchs(&count), nameof(Nvrtc.nvrtcGetNumSupportedArchs),
            "asking for its architectures");
        var architectures = new int[count];
        fixed (int* first = architectures)
        {
            CudaCheck.Success(Nvrtc.nvrtcGetSupportedArchs(first), nameof(Nvrtc.nvrtcGetSupportedArchs),
                "asking for its architectures");
        }
        Array.Sort(architectures);
        Architectures = [.. architectures.Select(a => new CudaComputeCapability(a / 10, a % 10))];
    }

    /// <summary>Of NVRTC, such as 12.4.</summary>
    public Version Version { get; }

    /// <summary>The generations of devices it knows, oldest first.</summary>
    public IReadOnlyList<CudaComputeCapability> Architectures { get; }

    /// <summary>Compiles text, or takes what an earlier run compiled of the same.</summary>
    /// <param name="name">Of the text, such as "gpt.cu": what messages call it.</param>
    /// <param name="source">CUDA C++ of kernels that are <c>extern "C"</c>; no headers are there to be included.
    /// </param>
    /// <param name="capability">Of the device.</param>
    /// <param name="options">Of NVRTC, besides the architecture and C++17.</param>
    /// <exception cref="CudaCompilationException">The text is wrong.</exception>
    public CudaCode Compile(string name, string source, CudaComputeCapability capability,
        params ReadOnlySpan<string> options) => CompileFor(TargetOf(capability), name, source, options);

    /// <summary>The same for a target, whatever devices there are.</summary>
    /// <param name="target">Such as sm_90, or compute_90 for PTX.</param>
    /// <param name="name">Of the text.</param>
    /// <param name="source">CUDA C++.</param>
    /// <param name="options">Of NVRTC, besides the architecture and C++17.</param>
    internal CudaCode CompileFor(string target, string name, string source, params ReadOnlySpan<string> options)
    {
        string[] all = AllOptions(target, options);
        CacheKey key = KeyOf(source, all, target);
        return cache.Read(key) is { } image
            ? new CudaCode(name, image, target, "", IsFromCache: true) { CacheProblem = cache.Problem }
            : Compile(name, source, all, target, key);
    }

    /// <summary>Compiles text whatever the cache holds, and replaces what it holds.</summary>
    internal CudaCode CompileAnew(string name, string source, CudaComputeCapability capability,
        params ReadOnlySpan<string> options)
    {
        string target = TargetOf(capability);
        string[] all = AllOptions(target, options);
        return Compile(name, source, all, target, KeyOf(source, all, target));
    }

    /// <summary>What is compiled for a device: its own instructions where the compiler knows them, else PTX of the
    /// newest generation before it, which the driver compiles on.</summary>
    internal string TargetOf(CudaComputeCapability capability)
    {
        foreach (CudaComputeCapability known in Architectures)
            if (known == capability) return string.Create(CultureInfo.InvariantCulture, $"sm_{capability.Number}");
        CudaComputeCapability newest = Architectures.LastOrDefault(a => a < capability);
        if (newest.Major == 0)
        {
            throw new CudaCapabilityException("this NVRTC", capability, Architectures[0],
                $"NVRTC {Version} compiles for devices of compute capability {Architectures[0]} and higher, and this " +
                $"one has {capability}. Install the NVRTC of an older CUDA.");
        }
        return string.Create(CultureInfo.InvariantCulture, $"compute_{newest.Number}");
    }

    static string[] AllOptions(string target, ReadOnlySpan<string> options) =>
        [$"--gpu-architecture={target}", .. DefaultOptions, .. options];

    CacheKey KeyOf(string source, string[] options, string target) => CacheKey.Of(source, options, target,
        CudaLibraries.UsesSimulator ? $"simulator {Version}" : Version.ToString());

    CudaCode Compile(string name, string source, string[] options, string target, CacheKey key)
    {
        (byte[] image, string log) = Run(name, source, options, isPtx: target.StartsWith('c'));
        cache.Write(key, image);
        return new CudaCode(name, image, target, log, IsFromCache: false) { CacheProblem = cache.Problem };
    }

    static (byte[] Image, string Log) Run(string name, string source, string[] options, bool isPtx)
    {
        nint program;
        fixed (byte* text = Utf8.Bytes(source), title = Utf8.Bytes(name))
        {
            CudaCheck.Success(Nvrtc.nvrtcCreateProgram(&program, text, title, 0, null, null),
                nameof(Nvrtc.nvrtcCreateProgram), "compiling", name);
        }
        try
        {
            NvrtcResult result = Compile(program, options);
            string log = LogOf(program, name);
            if (result == NvrtcResult.Compilation)
            {
                string error = Utf8.Text(Nvrtc.nvrtcGetErrorString(result));
                var failure = new CudaFailure(error, (int)result, nameof(Nvrtc.nvrtcCompileProgram),
                    $"compiling {name}", "");
                throw new CudaCompilationException(name, log,
                    $"{name} does not compile ({string.Join(' ', options)}):\n{log.Trim()}", failure);
            }
            CudaCheck.Success(result, nameof(Nvrtc.nvrtcCompileProgram), "compiling",
                log.Trim().Length == 0 ? name : $"{name} (the compiler says: {log.Trim()})");
            return (isPtx ? PtxOf(program, name) : CubinOf(program, name), log);
        }
        finally
        {
            _ = Nvrtc.nvrtcDestroyProgram(&program);
        }
    }

    static NvrtcResult Compile(nint program, string[] options)
    {
        byte[] text = Utf8.Bytes(string.Join('\0', options));
        byte** starts = stackalloc byte*[options.Length];
        fixed (byte* first = text)
        {
            int at = 0;
            for (int i = 0; i < options.Length; i++)
            {
                starts[i] = first + at;
                at += text.AsSpan(at).IndexOf((byte)0) + 1;
            }
            return Nvrtc.nvrtcCompileProgram(program, options.Length, starts);
        }
    }

    static byte[] CubinOf(nint program, string name)
    {
        nuint bytes;
        CudaCheck.Success(Nvrtc.nvrtcGetCUBINSize(program, &bytes), nameof(Nvrtc.nvrtcGetCUBINSize), "compiling", name);
        var code = new byte[bytes];
        fixed (byte* first = code)
        {
            CudaCheck.Success(Nvrtc.nvrtcGetCUBIN(program, first), nameof(Nvrtc.nvrtcGetCUBIN), "compiling", name);
        }
        return code;
    }

    static byte[] PtxOf(nint program, string name)
    {
        nuint bytes;
        CudaCheck.Success(Nvrtc.nvrtcGetPTXSize(program, &bytes), nameof(Nvrtc.nvrtcGetPTXSize), "compiling", name);
        var code = new byte[bytes];
        fixed (byte* first = code)
        {
            CudaCheck.Success(Nvrtc.nvrtcGetPTX(program, first), nameof(Nvrtc.nvrtcGetPTX), "compiling", name);
        }
        return code;
    }

    static string LogOf(nint program, string name)
    {
        nuint bytes;
        CudaCheck.Success(Nvrtc.nvrtcGetProgramLogSize(program, &bytes), nameof(Nvrtc.nvrtcGetProgramLogSize),
            "reading the log of", name);
        if (bytes <= 1) return "";
        var log = new byte[bytes];
        fixed (byte* first = log)
        {
            CudaCheck.Success(Nvrtc.nvrtcGetProgramLog(program, first), nameof(Nvrtc.nvrtcGetProgramLog),
                "reading the log of", name);
        }
        return Utf8.Text(log);
    }
}
