using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using ModelCompiler.Runtime.Cuda.Native;
using ModelCompiler.Runtime.Cuda.Programs;

namespace ModelCompiler.Runtime.Cuda.Embedding;

/// <summary>
/// Compiles the kernels of an assembly's models while it is built. The build tool calls it by reflection, in the
/// version of this assembly that the models are built with, so that texts and keys are those of the program; nothing
/// else does, and a native executable does not hold it.
/// </summary>
static class BuildCubins
{
    const string Auto = "auto", Unchanged = "";

    /// <summary>Writes the pack of an assembly where it is not up to date.</summary>
    /// <param name="models">Its assembly, with what it refers to at hand.</param>
    /// <param name="path">Of the pack. Without kernels of CUDA none is written; with nothing to compile them, and one
    /// from before that no longer holds, an empty one.</param>
    /// <param name="targets">Such as "sm_80;sm_90;compute_90"; "auto" for the usual ones that an NVRTC knows, and
    /// nothing where there is none.</param>
    /// <returns>What was done, for the build's log; empty where nothing was.</returns>
    /// <exception cref="InvalidOperationException">It cannot be done. The message says why, and the way out.
    /// </exception>
    [RequiresUnreferencedCode("Looks for generated programs by reflection.")]
    public static string Run(Assembly models, string path, string targets) => Run(models.GetName().Name ?? "",
        Survey(ProgramsOf(models)), path, targets, () => new CudaRuntimeCompiler());

    /// <summary>The same for texts that are known.</summary>
    /// <param name="name">Of the assembly.</param>
    /// <param name="texts">That it asks for.</param>
    /// <param name="path">Of the pack.</param>
    /// <param name="targets">As above.</param>
    /// <param name="open">Loads NVRTC.</param>
    internal static string Run(string name, IReadOnlyList<PackedText> texts, string path, string targets,
        Func<CudaRuntimeCompiler> open)
    {
        CubinPack? before = Existing(path);
        if (texts.Count == 0) return before is { Count: > 0 } ? WriteEmpty(path, name) : Unchanged;
        CudaRuntimeCompiler compiler;
        try
        {
            compiler = open();
        }
        catch (CudaLibraryNotFoundException) when (targets == Auto)
        {
            if (before is null || before.Count == 0 || before.IsOf(texts, before.Targets)) return Unchanged;
            return WriteEmpty(path, name);
        }
        catch (CudaLibraryNotFoundException missing)
        {
            throw new InvalidOperationException($"ModelCompilerCubins is {targets}, and there is no NVRTC that could " +
                $"compile kernels for that. Set it to off, or to auto, which embeds none then. {missing.Message}");
        }
        IReadOnlyList<CubinTarget> wanted = Targets(targets, compiler);
        string made = Name(compiler);
        if (before is not null && before.Compiler == made && before.IsOf(texts, wanted)) return Unchanged;
        byte[] pack = CubinPack.Write(made, Compile(compiler, texts, wanted));
        Write(path, pack);
        return string.Create(CultureInfo.InvariantCulture, $"{name} embeds {texts.Count} texts of CUDA kernels, " +
            $"compiled by {made} for {string.Join(", ", wanted)}: {pack.Length / 1048576.0:0.0} MiB");
    }

    /// <summary>The generated programs of an assembly.</summary>
    [RequiresUnreferencedCode("Looks for generated programs by reflection.")]
    internal static IEnumerable<Type> ProgramsOf(Assembly models) => models.GetTypes()
        .Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(CudaProgram)));

    /// <summary>Every text that programs ask for, in a fixed order.</summary>
    [RequiresUnreferencedCode("Makes programs by reflection.")]
    internal static IReadOnlyList<PackedText> Survey(IEnumerable<Type> programs)
    {
        var survey = new KernelSurvey();
        survey.Run(() =>
        {
            foreach (Type program in programs) Survey(program, survey);
        });
        return survey.Texts;
    }

    /// <summary>A generated program is made of the trainer or session it belongs to, which it does not look at while
    /// there is a survey: one that nobody has constructed will do, and reserves no memory.</summary>
    [RequiresUnreferencedCode("Looks at a program's constructor.")]
    static void Survey(Type type, KernelSurvey survey)
    {
        ConstructorInfo constructor = type.GetConstructors(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Single();
        ParameterInfo owner = constructor.GetParameters().Single();
        object nobody = RuntimeHelpers.GetUninitializedObject(owner.ParameterType);
        GC.SuppressFinalize(nobody);
        GC.SuppressFinalize(constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [nobody], null));
        if (!type.IsSubclassOf(typeof(CudaTraining))) return;
        // Which optimizer, only the program knows; these are all.
        survey.AddFile("gradients");
        survey.AddFile("optimizer", "COPY=float");
        // Whether numbers will be checked, too.
        foreach (string element in (string[])["ELEMENT=float", "ELEMENT=bf16", "ELEMENT=f16"])
            survey.AddFile("numbers", element);
        MethodInfo parts = type.GetMethod("UpdateParts", BindingFlags.Instance | BindingFlags.NonPublic)!;
        if (parts.DeclaringType == typeof(CudaTraining)) return;
        survey.AddFile("adafactor");
        survey.AddFile("muon");
        survey.AddFile("strided_product", "LEFT=float", "RIGHT=float", "RESULT=float");
    }

    static IReadOnlyList<CubinTarget> Targets(string targets, CudaRuntimeCompiler compiler)
    {
        bool Knows(CubinTarget target) => compiler.Architectures.Contains(target.Capability);
        string known = string.Join(", ", compiler.Architectures.Select(a => new CubinTarget(false, a.Number)));
        IReadOnlyList<CubinTarget> wanted;
        try
        {
            wanted = targets == Auto ? [.. CubinTarget.Usual.Where(Knows)] : CubinTarget.ParseList(targets);
        }
        catch (FormatException malformed)
        {
            throw new InvalidOperationException($"ModelCompilerCubins: {malformed.Message}", malformed);
        }
        foreach (CubinTarget target in wanted)
        {
            if (Knows(target)) continue;
            throw new InvalidOperationException($"ModelCompilerCubins asks for {target}, which {Name(compiler)} does " +
                $"not know; it knows {known}.");
        }
        return wanted;
    }

    /// <summary>All texts for all targets, on every processor.</summary>
    static (PackedText, CubinTarget, byte[])[] Compile(CudaRuntimeCompiler compiler, IReadOnlyList<PackedText> texts,
        IReadOnlyList<CubinTarget> targets)
    {
        var images = new (PackedText, CubinTarget, byte[])[texts.Count * targets.Count];
        try
        {
            Parallel.For(0, images.Length, i =>
            {
                (PackedText text, CubinTarget target) = (texts[i / targets.Count], targets[i % targets.Count]);
                CudaCode code = compiler.CompileFor(target.ToString(), text.Name, text.Source, [.. text.Options]);
                images[i] = (text, target, code.Image.ToArray());
            });
        }
        catch (AggregateException failures) when (failures.InnerException is CudaException failure)
        {
            throw new InvalidOperationException($"{Name(compiler)} does not compile what the models need. " +
                failure.Message, failure);
        }
        return images;
    }

    static string Name(CudaRuntimeCompiler compiler) =>
        CudaLibraries.UsesSimulator ? $"{EmbeddedCubins.Simulator} {compiler.Version}" : $"NVRTC {compiler.Version}";

    static CubinPack? Existing(string path)
    {
        try
        {
            return File.Exists(path) ? CubinPack.Read(path, () => File.OpenRead(path)) : null;
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException)
        {
            return null;
        }
    }

    static string WriteEmpty(string path, string name)
    {
        Write(path, CubinPack.Write("", []));
        return $"{name} embeds no CUDA kernels any more: they are others now, and there is nothing to compile them";
    }

    /// <summary>Whole or not at all.</summary>
    static void Write(string path, byte[] pack)
    {
        string temporary = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.tmp");
        File.WriteAllBytes(temporary, pack);
        File.Move(temporary, path, overwrite: true);
    }
}
