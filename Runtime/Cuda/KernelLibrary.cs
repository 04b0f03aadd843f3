using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using ModelCompiler.Runtime.Cuda.Embedding;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>The kernels that come with the runtime, compiled on first use for the sizes and element types a model has,
/// or taken from what the program embeds.</summary>
/// <remarks>
/// <para><b>Memory</b>: every combination of a file and its defines is one module, kept until the library is disposed
/// of. Asking again for a kernel allocates nothing.</para>
/// <para><b>Errors</b>: <see cref="FileNotFoundException"/> where there is no such file,
/// <see cref="CudaCompilationException"/> where a define is missing or wrong. Safe for many threads at once.</para>
/// </remarks>
/// <example><code>
/// using var kernels = new KernelLibrary(context);
/// CudaKernel forward = kernels.Get("attention_forward", "attention_forward", "ELEMENT=bf16", "HEAD=64", "VALUE=64");
/// </code></example>
public sealed class KernelLibrary : IDisposable
{
    readonly Lock gate = new();
    readonly List<Entry> entries = [];
    readonly KernelSurvey? survey;
    CudaRuntimeCompiler? compiler;
    bool isDisposed;

    /// <summary>A library of which nothing is compiled yet.</summary>
    /// <param name="context">Of the device.</param>
    public KernelLibrary(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
    }

    internal KernelLibrary(CudaContext context, CudaRuntimeCompiler compiler) : this(context) =>
        this.compiler = compiler;

    /// <summary>Of a survey: what is asked for is noted.</summary>
    internal KernelLibrary(KernelSurvey survey) => (Context, this.survey) = (null!, survey);

    /// <summary>What its kernels belong to.</summary>
    public CudaContext Context { get; }

    /// <summary>A kernel, compiled on the first call.</summary>
    /// <param name="file">Of Runtime/Cuda/Kernels, without ".cu".</param>
    /// <param name="kernel">As in the text.</param>
    /// <param name="defines">Such as "HEAD=64". The same in another order is another module.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CudaCompilationException">A define is missing or wrong.</exception>
    /// <exception cref="CudaException">There is no such kernel in the file.</exception>
    public CudaKernel Get(string file, string kernel, params ReadOnlySpan<string> defines) =>
        Get(file, kernel, 0, defines);

    /// <summary>A kernel that may be launched with more shared memory than the 48 KiB that are always allowed.
    /// </summary>
    /// <param name="file">Of Runtime/Cuda/Kernels, without ".cu".</param>
    /// <param name="kernel">As in the text.</param>
    /// <param name="sharedBytes">The most a launch will ask for.</param>
    /// <param name="defines">Such as "HEAD=64". The same in another order is another module.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CudaCompilationException">A define is missing or wrong.</exception>
    /// <exception cref="CudaException">There is no such kernel in the file, or the device has less shared memory.
    /// </exception>
    public CudaKernel Get(string file, string kernel, int sharedBytes, params ReadOnlySpan<string> defines)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(kernel);
        if (survey is not null)
        {
            survey.AddFile(file, defines);
            return new CudaKernel(kernel);
        }
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return Find(file, defines).Kernel(kernel, sharedBytes);
        }
    }

    /// <summary>NVRTC, loaded on the first call: nobody asks where all kernels are embedded.</summary>
    /// <exception cref="CudaLibraryNotFoundException">NVRTC is not on this machine.</exception>
    internal CudaRuntimeCompiler Compiler() => compiler ??= new CudaRuntimeCompiler();

    /// <summary>Unloads all kernels; again is harmless.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            foreach (Entry entry in entries) entry.Module.Dispose();
            entries.Clear();
        }
    }

    /// <summary>A file with the prelude in front, and with the files it includes: what is given to the compiler.
    /// </summary>
    internal static string TextOf(string file)
    {
        string name = file + ".cu";
        return CudaPrelude.With(name, Expand(name, Read(name)));
    }

    /// <summary>The compiler's options for defines.</summary>
    internal static string[] OptionsOf(ReadOnlySpan<string> defines)
    {
        var options = new string[defines.Length];
        for (int i = 0; i < options.Length; i++) options[i] = "--define-macro=" + defines[i];
        return options;
    }

    Entry Find(string file, ReadOnlySpan<string> defines)
    {
        foreach (Entry entry in entries)
            if (entry.File == file && defines.SequenceEqual(entry.Defines)) return entry;
        var module = CudaModule.Find(Context, Compiler, file + ".cu", TextOf(file), OptionsOf(defines));
        var added = new Entry(file, defines.ToArray(), module);
        entries.Add(added);
        return added;
    }

    /// <summary>NVRTC has no folder to find headers in, so the line of an include becomes the header's text. Every
    /// header is included once and includes none itself.</summary>
    static string Expand(string name, string text)
    {
        const string Include = "#include \"";
        var expanded = new StringBuilder(text.Length);
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (!line.StartsWith(Include, StringComparison.Ordinal))
            {
                expanded.Append(line).Append('\n');
                continue;
            }
            string header = line[Include.Length..line.LastIndexOf('"')];
            expanded.Append("#line 1 \"").Append(header).Append("\"\n").Append(Read(header)).Append("\n#line ")
                .Append(number + 1).Append(" \"").Append(name).Append("\"\n");
        }
        return expanded.ToString();
    }

    static string Read(string name)
    {
        using Stream stream = typeof(KernelLibrary).Assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"{name} is not among the kernels of ModelCompiler.Runtime.", name);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    sealed class Entry(string file, string[] defines, CudaModule module)
    {
        readonly List<(CudaKernel Kernel, int SharedBytes)> kernels = [];

        public string File { get; } = file;

        public string[] Defines { get; } = defines;

        public CudaModule Module { get; } = module;

        public CudaKernel Kernel(string name, int sharedBytes)
        {
            int at = 0;
            while (at < kernels.Count && kernels[at].Kernel.Name != name) at++;
            if (at == kernels.Count) kernels.Add((Module.GetKernel(name), 48 * 1024));     // what CUDA always allows
            (CudaKernel kernel, int allowed) = kernels[at];
            if (sharedBytes > allowed)
            {
                kernel.MaxDynamicSharedBytes = sharedBytes;
                kernels[at] = (kernel, sharedBytes);
            }
            return kernel;
        }
    }
}
