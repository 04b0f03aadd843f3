using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ModelCompiler.Runtime.Checkpoints;

namespace ModelCompiler.Runtime.Training;

/// <summary>Trained parameters for a model that runs as ordinary C#.</summary>
public static class EagerModel
{
    /// <summary>Gives every parameter of an eager model the numbers of a safetensors file.</summary>
    /// <param name="model">An instance of a model class, such as <c>new CharGpt()</c>.</param>
    /// <param name="path">Of the file, as a trainer of the same class saves it.</param>
    /// <exception cref="CheckpointException">
    /// The file is damaged or of another model; the model is as before.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <example><code>
    /// var eager = new CharGpt();
    /// EagerModel.LoadWeights(eager, "gpt.safetensors");
    /// Tensor logits = eager.Logits(new(ids, 1, 40));
    /// </code></example>
    public static void LoadWeights(object model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        SafeTensorsHeader header = SafeTensorsHeader.Read(path, file);
        (string Path, Tensor Tensor)[] parameters = [.. ParameterNames.Of(model)];
        var layouts = new ParameterLayout[parameters.Length];
        long offset = 0;
        for (int i = 0; i < layouts.Length; i++)
        {
            int[] shape = [.. parameters[i].Tensor.Shape.Dims.Select(d => checked((int)d.Constant))];
            layouts[i] = new ParameterLayout(parameters[i].Path, offset, shape, 0, "constant", 0);
            offset += (layouts[i].Length + ModelLayout.Alignment - 1) / ModelLayout.Alignment * ModelLayout.Alignment;
        }
        // The layout that a compiled model of this class would have, as far as a file is concerned.
        SafeTensors.Check(path, new ModelLayout(model.GetType().Name, offset, layouts));
        var numbers = new double[parameters.Length][];
        for (int i = 0; i < parameters.Length; i++)
        {
            SafeTensorsEntry entry = header.Entries.First(e => e.Name == parameters[i].Path);
            var values = new float[layouts[i].Length];
            if (!FileBytes.TryRead(file, MemoryMarshal.AsBytes(values.AsSpan()), header.DataStart + entry.Begin))
                throw new CheckpointException(path, $"the file became shorter while {entry.Name} was read; no " +
                    "parameter was changed. Load again.", entry.Name);
            numbers[i] = Array.ConvertAll(values, v => (double)v);
        }
        for (int i = 0; i < parameters.Length; i++) parameters[i].Tensor.SetData(numbers[i]);
    }
}
