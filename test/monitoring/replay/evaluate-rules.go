// Evaluates rules over series with the rule engine of Prometheus's Go module, as `promtool test rules FILE` does. promtool itself takes
// minutes to build, because it contains a client of Kubernetes. FILE has promtool's format as JSON, with one test of one expression that
// is expected to be empty; the report of other results also has promtool's format.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
)

type file struct {
	RuleFiles          []string `json:"rule_files"`
	EvaluationInterval string   `json:"evaluation_interval"`
	Tests              []struct {
		Interval    string                            `json:"interval"`
		InputSeries []struct{ Series, Values string } `json:"input_series"`
		Expressions []struct {
			Expr     string `json:"expr"`
			EvalTime string `json:"eval_time"`
		} `json:"promql_expr_test"`
	} `json:"tests"`
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	return value
}

func duration(text string) time.Duration { return must(time.ParseDuration(text)) }

// Groups in the order of the files: what a group records is there for the groups after it.
func inOrder(byKey map[string]*rules.Group, files []string) []*rules.Group {
	type placed struct {
		group    *rules.Group
		position int
	}
	var all []placed
	offset := 0
	for _, path := range files {
		text := string(must(os.ReadFile(path)))
		for _, group := range byKey {
			if group.File() == path {
				all = append(all, placed{group, offset + strings.Index(text, "- name: "+group.Name()+"\n")})
			}
		}
		offset += len(text)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].position < all[j].position })
	groups := make([]*rules.Group, len(all))
	for i, each := range all {
		groups[i] = each.group
	}
	return groups
}

func main() {
	var run file
	if err := json.Unmarshal(must(os.ReadFile(os.Args[len(os.Args)-1])), &run); err != nil {
		panic(err)
	}
	test := run.Tests[0]
	load := strings.Builder{}
	fmt.Fprintf(&load, "load %s\n", test.Interval)
	for _, each := range test.InputSeries {
		fmt.Fprintf(&load, "  %s %s\n", each.Series, each.Values)
	}
	promql := parser.NewParser(parser.Options{})
	options := promqltest.LazyLoaderOpts{EnableAtModifier: true, EnableNegativeOffset: true, Parser: promql}
	storage := must(promqltest.NewLazyLoader(load.String(), options))
	defer storage.Close()
	interval := duration(run.EvaluationInterval)
	storage.SubqueryInterval = interval

	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc:    rules.EngineQueryFunc(storage.QueryEngine(), storage.Storage()),
		AppendableV2: storage.Storage(),
		Context:      context.Background(),
		NotifyFunc:   func(context.Context, string, ...*rules.Alert) {},
		Logger:       promslog.NewNopLogger(),
		Parser:       promql,
	})
	byKey, errs := manager.LoadGroups(interval, labels.EmptyLabels(), "", nil, false, run.RuleFiles...)
	if errs != nil {
		fmt.Println(errs)
		os.Exit(2)
	}
	groups := inOrder(byKey, run.RuleFiles)
	for _, group := range groups {
		for _, rule := range group.AlertingRules() {
			rule.SetRestored(true)
		}
	}

	expression := test.Expressions[0]
	end := time.Unix(0, 0).UTC().Add(duration(expression.EvalTime))
	for at := time.Unix(0, 0).UTC(); !at.After(end); at = at.Add(interval) {
		storage.WithSamplesTill(at, func(err error) {
			must(at, err)
			for _, group := range groups {
				group.Eval(storage.Context(), at)
			}
		})
	}
	query := must(storage.QueryEngine().NewInstantQuery(storage.Context(), storage.Queryable(), nil, expression.Expr, end))
	found := must(query.Exec(storage.Context()).Vector())
	if len(found) == 0 {
		return
	}
	fmt.Println("got:[")
	for _, sample := range found {
		fmt.Printf("%s %g\n", sample.Metric, sample.F)
	}
	fmt.Println("]")
	os.Exit(1)
}
