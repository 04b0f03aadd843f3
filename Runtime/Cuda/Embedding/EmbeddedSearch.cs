using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace ModelCompiler.Runtime.Cuda.Embedding;

/// <summary>What embedded packs have of one text for one device, best first, and why it could not be used.</summary>
/// <param name="name">Of the text.</param>
/// <param name="key">Of the text; anything where there are no packs.</param>
/// <param name="device">Its compute capability.</param>
/// <param name="packs">To be looked at.</param>
/// <param name="problems">Of packs that cannot be looked at.</param>
sealed class EmbeddedSearch(string name, CacheKey key, CudaComputeCapability device, IReadOnlyList<CubinPack> packs,
    IReadOnlyList<string> problems)
{
    readonly List<string> refused = [];

    /// <summary>The device's own instructions first, the newest first, then PTX, the newest first.</summary>
    public IEnumerable<(CubinTarget Target, byte[] Image)> Images()
    {
        IEnumerable<(CubinPack Pack, CubinTarget Target)> found = packs
            .SelectMany(p => p.TargetsOf(key).Select(t => (Pack: p, Target: t)))
            .Where(f => f.Target.Runs(device)).OrderBy(f => f.Target.IsPtx).ThenByDescending(f => f.Target.Number);
        foreach ((CubinPack pack, CubinTarget target) in found)
        {
            byte[] image;
            try
            {
                image = pack.Image(key, target);
            }
            catch (InvalidDataException damaged)
            {
                refused.Add($"{target}: {damaged.Message}");
                continue;
            }
            yield return (target, image);
        }
    }

    /// <summary>The driver does not take one.</summary>
    /// <param name="target">Of the image.</param>
    /// <param name="reason">CUDA's name of the error, and what the driver says.</param>
    public void Refuse(CubinTarget target, string reason) => refused.Add($"{target}: the driver refuses it, {reason}");

    /// <summary>What to say where NVRTC would be needed and is not there.</summary>
    public CudaLibraryNotFoundException Explain(CudaLibraryNotFoundException missing)
    {
        var text = new StringBuilder();
        text.Append($"{name} would have to be compiled for this device, of compute capability {device}, and there is " +
            "no NVRTC to do it. ");
        foreach (CubinPack pack in packs)
            text.Append($"{pack.Owner} embeds {pack.Count} texts of kernels, compiled by {pack.Compiler} for " +
                $"{string.Join(", ", pack.Targets)}{Lacks(pack)}. ");
        foreach (string problem in refused.Concat(problems)) text.Append(problem.TrimEnd('.')).Append(". ");
        if (packs.Count == 0 && problems.Count == 0) text.Append("The program embeds no compiled kernels. ");
        text.Append($"Publish it with -p:ModelCompilerCubins={Wanted()} on a machine with NVRTC, or install NVRTC " +
            $"here. {missing.Message}");
        return new CudaLibraryNotFoundException(missing.Library, missing.Tried, text.ToString());
    }

    string Lacks(CubinPack pack) => !pack.TargetsOf(key).Any() ? ", and this text is not among them"
        : pack.TargetsOf(key).Any(t => t.Runs(device)) ? "" : ", none of which runs here";

    string Wanted() => $"sm_{device.Number}";
}
