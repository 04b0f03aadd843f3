using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Gpu.Checks;

namespace ModelCompiler.Gpu;

/// <summary>What the command line asked for.</summary>
/// <param name="Command">plan, check, bench or run.</param>
sealed record Options(string Command)
{
    static readonly string[] benches = ["gpt2", "copy", "product", "attention", "adamw", "gradient_norm"];

    public static string Usage { get; } = $"""
        plan                      what a training step of GPT-2 launches, and should take on an H200; needs no device
        check                     the runtime's kernels and the samples' models against the processor
        bench                     tokens/s of GPT-2, and its large parts on their own
        run                       check and bench, and a report
          --only a,b              areas: {string.Join(", ", KernelChecks.Areas)}, {ModelChecks.Area},
                                  {string.Join(", ", benches)}; or an area and a part of names: "attention: bf16"
          --small                 as little as the simulator needs
          --out folder            where run leaves its report; Tests/Gpu/reports if it is there
          --pytorch file          what pytorch_gpt2.py has printed, for the report
        """;

    /// <summary>Areas, or an area, a colon and a part of names; empty for everything.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    public bool IsSmall { get; init; }

    public string Out { get; init; } = "reports";

    public string PyTorch { get; init; } = "";

    /// <returns>Null where it cannot be understood.</returns>
    public static Options? Parse(string[] args)
    {
        if (args is not ["plan" or "check" or "bench" or "run", ..]) return null;
        var options = new Options(args[0]);
        for (int i = 1; i < args.Length; i++)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--small": options = options with { IsSmall = true }; continue;
                case "--only" when value is not null: options = options with { Only = value.Split(',', StringSplitOptions.RemoveEmptyEntries) }; break;
                case "--out" when value is not null: options = options with { Out = value }; break;
                case "--pytorch" when value is not null: options = options with { PyTorch = value }; break;
                default: return null;
            }
            i++;
        }
        return options;
    }

    /// <summary>Whether a check, named "area: what", is to be run.</summary>
    public bool IsAsked(string name) => Only.Count == 0 || Only.Any(o => Area(o) == Area(name)
        && (!o.Contains(':') || name.Contains(o[(o.IndexOf(':') + 1)..].Trim(), StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether a bench, or any check of an area, is to be run.</summary>
    public bool MayAsk(string area) => Only.Count == 0 || Only.Any(o => Area(o) == area);

    static string Area(string name) => name.Split(':')[0].Trim();
}
