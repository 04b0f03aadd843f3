using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Runtime.Cuda.Embedding;

/// <summary>
/// Notes which texts of kernels a program asks for, without a device: programs that are made while a survey is
/// <see cref="Current"/> on their thread go through their passes at many lengths and launch nothing. Their addresses
/// are made up, aligned as those of a device are.
/// </summary>
sealed class KernelSurvey
{
    [ThreadStatic] static KernelSurvey? current;

    readonly Dictionary<string, PackedText> texts = new(StringComparer.Ordinal);

    public KernelSurvey() => Library = new KernelLibrary(this);

    /// <summary>What programs made on this thread are to tell; null outside of a build.</summary>
    public static KernelSurvey? Current => current;

    /// <summary>Kernels that are noted instead of compiled.</summary>
    public KernelLibrary Library { get; }

    /// <summary>All that was asked for, in a fixed order.</summary>
    public IReadOnlyList<PackedText> Texts => [.. texts.Values.OrderBy(t => t.Name, StringComparer.Ordinal)
        .ThenBy(t => t.Key.Text, StringComparer.Ordinal)];

    /// <summary>Makes programs while this is the current survey.</summary>
    public void Run(Action make)
    {
        KernelSurvey? before = current;
        current = this;
        try
        {
            make();
        }
        finally
        {
            current = before;
        }
    }

    /// <summary>Notes a text.</summary>
    public void Add(string name, string source, params IReadOnlyList<string> options)
    {
        var text = new PackedText(name, source, options);
        texts.TryAdd(text.Key.Text, text);
    }

    /// <summary>Notes a file of the runtime's own.</summary>
    public void AddFile(string file, params ReadOnlySpan<string> defines) =>
        Add(file + ".cu", KernelLibrary.TextOf(file), KernelLibrary.OptionsOf(defines));
}
