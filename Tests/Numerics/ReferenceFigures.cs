using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Checkpoints;

namespace ModelCompiler.Tests.Numerics;

/// <summary>The figures made with PyTorch's operators: see References/README.md.</summary>
public sealed class ReferenceFigures
{
    readonly byte[] file;
    readonly Dictionary<string, SafeTensorsEntry> entries;
    readonly long start;

    public ReferenceFigures()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "References", "small-gpt.safetensors");
        file = File.ReadAllBytes(path);
        SafeTensorsHeader header = SafeTensorsHeader.Read(path);
        start = header.DataStart;
        entries = header.Entries.ToDictionary(e => e.Name);
    }

    /// <summary>Names below a group such as "gradients/", without it.</summary>
    public IEnumerable<string> Names(string group) => entries.Keys.Where(n => n.StartsWith(group, StringComparison.Ordinal)).Select(n => n[group.Length..]);

    public float[] Reals(string name) => MemoryMarshal.Cast<byte, float>(Bytes(name, "F32")).ToArray();

    public int[] Integers(string name) => MemoryMarshal.Cast<byte, int>(Bytes(name, "I32")).ToArray();

    ReadOnlySpan<byte> Bytes(string name, string type)
    {
        SafeTensorsEntry entry = entries[name];
        Assert.Equal(type, entry.ElementType);
        return file.AsSpan((int)(start + entry.Begin), (int)(entry.End - entry.Begin));
    }
}
